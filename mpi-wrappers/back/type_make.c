/* SPDX-License-Identifier: MIT */
/* type_make.c - datatype constructors: note the arguments, build from them
 *
 * Each one writes down its arguments in the form of MPI_Type_get_contents;
 * type_build() makes the native type, now and at every restart. What fails is
 * asked about again, with the arguments as they came.
 */
#include <string.h>
#include "clock.h"
#include "type.h"
#include "build/gen/back.h"

struct desc_type *type_new(int combiner, int64_t ints, int64_t aints,
			   int64_t counts, int64_t types, const char *fn)
{
	struct desc_type *t;

	if (ints < 0 || aints < 0 || counts < 0 || types < 0)
		return NULL;
	t = desc_make(DESC_TYPE, sizeof(*t), fn);
	if (!t)
		return NULL;
	t->combiner = combiner;
	t->large = counts > 0;
	t->n_ints = ints;
	t->n_aints = aints;
	t->n_counts = counts;
	t->ints = keep_alloc((ints + 1) * sizeof(int));
	t->aints = keep_alloc((aints + 1) * sizeof(int64_t));
	t->counts = counts ? keep_alloc(counts * sizeof(int64_t)) : NULL;
	t->types = keep_alloc((types + 1) * sizeof(*t->types));
	t->n_types = t->types ? types : 0;
	if (!t->ints || !t->aints || !t->types || (counts && !t->counts)) {
		t->n_types = 0;
		desc_unref(t);
		return NULL;
	}
	return t;
}

int type_done(struct desc_type *t, const seam_datatype *types,
	      seam_datatype *out)
{
	int rc = 0;
	int64_t i;

	if (!t)
		return ASK(SEAM_ERR_COUNT);
	for (i = 0; i < t->n_types; i++) {
		t->types[i] = type_of(types[i]);
		if (!t->types[i]) {
			t->n_types = i;
			rc = ASK(SEAM_ERR_TYPE);
		}
		desc_ref(t->types[i]);
	}
	if (!rc) {
		rc = type_build(t);
		if (!rc)
			rc = type_measure(t);
		rc = rc ? ASK(err_class(err_from_native(rc))) : 0;
	}
	if (rc) {
		desc_unref(t);
		return rc;
	}
	*out = t->d.seam;
	return 0;
}

int lists_missing(int64_t n, const void *a, const void *b)
{
	return n < 0 || (n && (!a || !b));
}

void put_ints(int *to, const int *from, int64_t n)
{
	if (n > 0)
		memcpy(to, from, n * sizeof(int));
}

void put_longs(int64_t *to, const int64_t *from, int64_t n)
{
	if (n > 0)
		memcpy(to, from, n * sizeof(int64_t));
}

static int dup_attrs(struct desc_type *old, struct desc_type *t,
		     seam_datatype *newtype, const char *fn)
{
	int rc = attr_copy_all(&old->d, &t->d);

	if (!rc)
		return 0;
	desc_unref(t);
	*newtype = SEAM_DATATYPE_NULL;
#ifdef OPEN_MPI
	rc = SEAM_ERR_INTERN;
#endif
	return back_raise(NULL, rc, fn);
}

int back_Type_dup(seam_datatype oldtype, seam_datatype *newtype)
{
	static const char fn[] = "MPI_Type_dup";
	struct desc_type *old = type_of(oldtype), *t;
	int rc, calls = old && old->attrs;

	rc = calls ? callback_enter() : 0;
	if (rc)
		return rc;
	t = type_new(SEAM_COMBINER_DUP, 0, 0, 0, 1, fn);
	if (t && old)
		t->committed = old->committed;
	rc = type_done(t, &oldtype, newtype);
	if (!rc && calls)
		rc = dup_attrs(old, t, newtype, fn);
	if (calls)
		coll_leave(NULL);
	return rc;
}

int back_Type_contiguous(int count, seam_datatype oldtype,
			 seam_datatype *newtype)
{
	static const char fn[] = "MPI_Type_contiguous";
	struct desc_type *t;

	t = type_new(SEAM_COMBINER_CONTIGUOUS, 1, 0, 0, 1, fn);
	if (t)
		t->ints[0] = count;
	return type_done(t, &oldtype, newtype);
}

int back_Type_vector(int count, int blocklength, int stride,
		     seam_datatype oldtype, seam_datatype *newtype)
{
	static const char fn[] = "MPI_Type_vector";
	int args[] = { count, blocklength, stride };
	struct desc_type *t;

	t = type_new(SEAM_COMBINER_VECTOR, 3, 0, 0, 1, fn);
	if (t)
		put_ints(t->ints, args, 3);
	return type_done(t, &oldtype, newtype);
}

int back_Type_create_hvector(int count, int blocklength, seam_aint stride,
			     seam_datatype oldtype, seam_datatype *newtype)
{
	static const char fn[] = "MPI_Type_create_hvector";
	struct desc_type *t;

	t = type_new(SEAM_COMBINER_HVECTOR, 2, 1, 0, 1, fn);
	if (t) {
		t->ints[0] = count;
		t->ints[1] = blocklength;
		t->aints[0] = stride;
	}
	return type_done(t, &oldtype, newtype);
}

int back_Type_indexed(int count, const int array_of_blocklengths[],
		      const int array_of_displacements[], seam_datatype oldtype,
		      seam_datatype *newtype)
{
	static const char fn[] = "MPI_Type_indexed";
	struct desc_type *t;

	if (lists_missing(count, array_of_blocklengths, array_of_displacements))
		return ASK(SEAM_ERR_ARG);
	t = type_new(SEAM_COMBINER_INDEXED, 2 * (int64_t)count + 1, 0, 0, 1,
		     fn);
	if (t) {
		t->ints[0] = count;
		put_ints(t->ints + 1, array_of_blocklengths, count);
		put_ints(t->ints + 1 + count, array_of_displacements, count);
	}
	return type_done(t, &oldtype, newtype);
}

int back_Type_create_hindexed(int count, const int array_of_blocklengths[],
			      const seam_aint array_of_displacements[],
			      seam_datatype oldtype, seam_datatype *newtype)
{
	static const char fn[] = "MPI_Type_create_hindexed";
	struct desc_type *t;

	if (lists_missing(count, array_of_blocklengths, array_of_displacements))
		return ASK(SEAM_ERR_ARG);
	t = type_new(SEAM_COMBINER_HINDEXED, (int64_t)count + 1, count, 0, 1,
		     fn);
	if (t) {
		t->ints[0] = count;
		put_ints(t->ints + 1, array_of_blocklengths, count);
		put_longs(t->aints, array_of_displacements, count);
	}
	return type_done(t, &oldtype, newtype);
}

int back_Type_create_indexed_block(int count, int blocklength,
				   const int array_of_displacements[],
				   seam_datatype oldtype,
				   seam_datatype *newtype)
{
	static const char fn[] = "MPI_Type_create_indexed_block";
	struct desc_type *t;

	if (lists_missing(count, array_of_displacements,
			  array_of_displacements))
		return ASK(SEAM_ERR_ARG);
	t = type_new(SEAM_COMBINER_INDEXED_BLOCK, (int64_t)count + 2, 0, 0, 1,
		     fn);
	if (t) {
		t->ints[0] = count;
		t->ints[1] = blocklength;
		put_ints(t->ints + 2, array_of_displacements, count);
	}
	return type_done(t, &oldtype, newtype);
}

int back_Type_create_hindexed_block(int count, int blocklength,
				    const seam_aint array_of_displacements[],
				    seam_datatype oldtype,
				    seam_datatype *newtype)
{
	static const char fn[] = "MPI_Type_create_hindexed_block";
	struct desc_type *t;

	if (lists_missing(count, array_of_displacements,
			  array_of_displacements))
		return ASK(SEAM_ERR_ARG);
	t = type_new(SEAM_COMBINER_HINDEXED_BLOCK, 2, count, 0, 1, fn);
	if (t) {
		t->ints[0] = count;
		t->ints[1] = blocklength;
		put_longs(t->aints, array_of_displacements, count);
	}
	return type_done(t, &oldtype, newtype);
}

int back_Type_create_struct(int count, const int array_of_blocklengths[],
			    const seam_aint array_of_displacements[],
			    const seam_datatype array_of_types[],
			    seam_datatype *newtype)
{
	static const char fn[] = "MPI_Type_create_struct";
	struct desc_type *t;

	if (lists_missing(count, array_of_blocklengths,
			  array_of_displacements) ||
	    (count && !array_of_types))
		return ASK(SEAM_ERR_ARG);
	t = type_new(SEAM_COMBINER_STRUCT, (int64_t)count + 1, count, 0, count,
		     fn);
	if (t) {
		t->ints[0] = count;
		put_ints(t->ints + 1, array_of_blocklengths, count);
		put_longs(t->aints, array_of_displacements, count);
	}
	return type_done(t, array_of_types, newtype);
}

int back_Type_create_subarray(int ndims, const int array_of_sizes[],
			      const int array_of_subsizes[],
			      const int array_of_starts[], int order,
			      seam_datatype oldtype, seam_datatype *newtype)
{
	static const char fn[] = "MPI_Type_create_subarray";
	struct desc_type *t;

	if (lists_missing(ndims, array_of_sizes, array_of_subsizes) ||
	    lists_missing(ndims, array_of_starts, array_of_starts))
		return ASK(SEAM_ERR_ARG);
	t = type_new(SEAM_COMBINER_SUBARRAY, 3 * (int64_t)ndims + 2, 0, 0, 1,
		     fn);
	if (t) {
		t->ints[0] = ndims;
		put_ints(t->ints + 1, array_of_sizes, ndims);
		put_ints(t->ints + 1 + ndims, array_of_subsizes, ndims);
		put_ints(t->ints + 1 + 2 * ndims, array_of_starts, ndims);
		t->ints[1 + 3 * ndims] = order;
	}
	return type_done(t, &oldtype, newtype);
}

int back_Type_create_darray(int size, int rank, int ndims,
			    const int array_of_gsizes[],
			    const int array_of_distribs[],
			    const int array_of_dargs[],
			    const int array_of_psizes[], int order,
			    seam_datatype oldtype, seam_datatype *newtype)
{
	static const char fn[] = "MPI_Type_create_darray";
	int args[] = { size, rank, ndims }, *p;
	struct desc_type *t;

	if (lists_missing(ndims, array_of_gsizes, array_of_distribs) ||
	    lists_missing(ndims, array_of_dargs, array_of_psizes))
		return ASK(SEAM_ERR_ARG);
	t = type_new(SEAM_COMBINER_DARRAY, 4 * (int64_t)ndims + 4, 0, 0, 1, fn);
	if (t) {
		put_ints(t->ints, args, 3);
		p = t->ints + 3;
		put_ints(p, array_of_gsizes, ndims);
		put_ints(p + ndims, array_of_distribs, ndims);
		put_ints(p + 2 * ndims, array_of_dargs, ndims);
		put_ints(p + 3 * ndims, array_of_psizes, ndims);
		p[4 * ndims] = order;
	}
	return type_done(t, &oldtype, newtype);
}

int back_Type_create_resized(seam_datatype oldtype, seam_aint lb,
			     seam_aint extent, seam_datatype *newtype)
{
	static const char fn[] = "MPI_Type_create_resized";
	struct desc_type *t;

	t = type_new(SEAM_COMBINER_RESIZED, 0, 2, 0, 1, fn);
	if (t) {
		t->aints[0] = lb;
		t->aints[1] = extent;
	}
	return type_done(t, &oldtype, newtype);
}

/* The same arguments give the same handle, which is never freed. */
static int type_f90(int combiner, int n, const int *args, seam_datatype *out,
		    const char *fn)
{
	struct desc_type *t;
	struct desc *d;
	int rc;

	objects_lock();
	for (d = KEEP_MPI->live[DESC_TYPE]; d; d = d->next) {
		t = (struct desc_type *)d;
		if (t->combiner == combiner &&
		    !memcmp(t->ints, args, n * sizeof(int)))
			break;
	}
	objects_unlock();
	if (d) {
		*out = d->seam;
		return 0;
	}
	t = type_new(combiner, n, 0, 0, 0, fn);
	if (t)
		put_ints(t->ints, args, n);
	rc = type_done(t, NULL, out);
	if (!rc)
		t->committed = 1;
	return rc;
}

int back_Type_create_f90_real(int p, int r, seam_datatype *newtype)
{
	int args[] = { p, r };

	return type_f90(SEAM_COMBINER_F90_REAL, 2, args, newtype,
			"MPI_Type_create_f90_real");
}

int back_Type_create_f90_complex(int p, int r, seam_datatype *newtype)
{
	int args[] = { p, r };

	return type_f90(SEAM_COMBINER_F90_COMPLEX, 2, args, newtype,
			"MPI_Type_create_f90_complex");
}

int back_Type_create_f90_integer(int r, seam_datatype *newtype)
{
	return type_f90(SEAM_COMBINER_F90_INTEGER, 1, &r, newtype,
			"MPI_Type_create_f90_integer");
}
