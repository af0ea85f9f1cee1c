/* SPDX-License-Identifier: MIT */
/* type_large.c - datatype constructors with large counts
 *
 * Which argument is a count and which an integer: MPI 4.0, table in 5.1.13.
 */
#include "type.h"
#include "build/gen/back.h"

/* All arguments are counts. */
static int type_counts(int combiner, int64_t n, const int64_t *args,
		       seam_datatype oldtype, seam_datatype *newtype,
		       const char *fn)
{
	struct desc_type *t = type_new(combiner, 0, 0, n, 1, fn);

	if (t)
		put_longs(t->counts, args, n);
	return type_done(t, &oldtype, newtype);
}

/* count, then a scalar or an array, then an array. */
static int type_lists(int combiner, int64_t count, const int64_t *scalar,
		      const int64_t *a, const int64_t *b,
		      const seam_datatype *types, int64_t n_types,
		      seam_datatype *newtype, const char *fn)
{
	struct desc_type *t;
	int64_t *p;

	if (lists_missing(count, scalar ? scalar : a, b))
		return ASK(SEAM_ERR_ARG);
	t = type_new(combiner, 0, 0, 1 + count + (scalar ? 1 : count), n_types,
		     fn);
	if (t) {
		p = t->counts;
		*p++ = count;
		put_longs(p, scalar ? scalar : a, scalar ? 1 : count);
		put_longs(p + (scalar ? 1 : count), b, count);
	}
	return type_done(t, types, newtype);
}

int back_Type_contiguous_c(seam_count count, seam_datatype oldtype,
			   seam_datatype *newtype)
{
	return type_counts(SEAM_COMBINER_CONTIGUOUS, 1, &count, oldtype,
			   newtype, "MPI_Type_contiguous_c");
}

int back_Type_vector_c(seam_count count, seam_count blocklength,
		       seam_count stride, seam_datatype oldtype,
		       seam_datatype *newtype)
{
	int64_t args[] = { count, blocklength, stride };

	return type_counts(SEAM_COMBINER_VECTOR, 3, args, oldtype, newtype,
			   "MPI_Type_vector_c");
}

int back_Type_create_hvector_c(seam_count count, seam_count blocklength,
			       seam_count stride, seam_datatype oldtype,
			       seam_datatype *newtype)
{
	int64_t args[] = { count, blocklength, stride };

	return type_counts(SEAM_COMBINER_HVECTOR, 3, args, oldtype, newtype,
			   "MPI_Type_create_hvector_c");
}

int back_Type_create_resized_c(seam_datatype oldtype, seam_count lb,
			       seam_count extent, seam_datatype *newtype)
{
	int64_t args[] = { lb, extent };

	return type_counts(SEAM_COMBINER_RESIZED, 2, args, oldtype, newtype,
			   "MPI_Type_create_resized_c");
}

int back_Type_indexed_c(seam_count count,
			const seam_count array_of_blocklengths[],
			const seam_count array_of_displacements[],
			seam_datatype oldtype, seam_datatype *newtype)
{
	return type_lists(SEAM_COMBINER_INDEXED, count, NULL,
			  array_of_blocklengths, array_of_displacements,
			  &oldtype, 1, newtype, "MPI_Type_indexed_c");
}

int back_Type_create_hindexed_c(seam_count count,
				const seam_count array_of_blocklengths[],
				const seam_count array_of_displacements[],
				seam_datatype oldtype, seam_datatype *newtype)
{
	return type_lists(SEAM_COMBINER_HINDEXED, count, NULL,
			  array_of_blocklengths, array_of_displacements,
			  &oldtype, 1, newtype, "MPI_Type_create_hindexed_c");
}

int back_Type_create_indexed_block_c(seam_count count, seam_count blocklength,
				     const seam_count array_of_displacements[],
				     seam_datatype oldtype,
				     seam_datatype *newtype)
{
	return type_lists(SEAM_COMBINER_INDEXED_BLOCK, count, &blocklength,
			  NULL, array_of_displacements, &oldtype, 1, newtype,
			  "MPI_Type_create_indexed_block_c");
}

int back_Type_create_hindexed_block_c(seam_count count, seam_count blocklength,
				      const seam_count array_of_displacements[],
				      seam_datatype oldtype,
				      seam_datatype *newtype)
{
	return type_lists(SEAM_COMBINER_HINDEXED_BLOCK, count, &blocklength,
			  NULL, array_of_displacements, &oldtype, 1, newtype,
			  "MPI_Type_create_hindexed_block_c");
}

int back_Type_create_struct_c(seam_count count,
			      const seam_count array_of_blocklengths[],
			      const seam_count array_of_displacements[],
			      const seam_datatype array_of_types[],
			      seam_datatype *newtype)
{
	if (count && !array_of_types)
		return ASK(SEAM_ERR_ARG);
	return type_lists(SEAM_COMBINER_STRUCT, count, NULL,
			  array_of_blocklengths, array_of_displacements,
			  array_of_types, count, newtype,
			  "MPI_Type_create_struct_c");
}

int back_Type_create_subarray_c(int ndims, const seam_count array_of_sizes[],
				const seam_count array_of_subsizes[],
				const seam_count array_of_starts[], int order,
				seam_datatype oldtype, seam_datatype *newtype)
{
	static const char fn[] = "MPI_Type_create_subarray_c";
	struct desc_type *t;

	if (lists_missing(ndims, array_of_sizes, array_of_subsizes) ||
	    lists_missing(ndims, array_of_starts, array_of_starts))
		return ASK(SEAM_ERR_ARG);
	t = type_new(SEAM_COMBINER_SUBARRAY, 2, 0, 3 * (int64_t)ndims, 1, fn);
	if (t) {
		t->ints[0] = ndims;
		t->ints[1] = order;
		put_longs(t->counts, array_of_sizes, ndims);
		put_longs(t->counts + ndims, array_of_subsizes, ndims);
		put_longs(t->counts + 2 * ndims, array_of_starts, ndims);
	}
	return type_done(t, &oldtype, newtype);
}

int back_Type_create_darray_c(int size, int rank, int ndims,
			      const seam_count array_of_gsizes[],
			      const int array_of_distribs[],
			      const int array_of_dargs[],
			      const int array_of_psizes[], int order,
			      seam_datatype oldtype, seam_datatype *newtype)
{
	static const char fn[] = "MPI_Type_create_darray_c";
	int args[] = { size, rank, ndims }, *p;
	struct desc_type *t;

	if (lists_missing(ndims, array_of_gsizes, array_of_distribs) ||
	    lists_missing(ndims, array_of_dargs, array_of_psizes))
		return ASK(SEAM_ERR_ARG);
	t = type_new(SEAM_COMBINER_DARRAY, 3 * (int64_t)ndims + 4, 0, ndims, 1,
		     fn);
	if (t) {
		put_ints(t->ints, args, 3);
		p = t->ints + 3;
		put_ints(p, array_of_distribs, ndims);
		put_ints(p + ndims, array_of_dargs, ndims);
		put_ints(p + 2 * ndims, array_of_psizes, ndims);
		p[3 * ndims] = order;
		put_longs(t->counts, array_of_gsizes, ndims);
	}
	return type_done(t, &oldtype, newtype);
}
