/* SPDX-License-Identifier: MIT */
/* type_make.c - datatypes are made of their row and its kept arguments
 *
 * There is no other path to a native constructor: a restart runs the same code
 * as the first call. What differs among the rows is here.
 */
#include <string.h>
#include "../agent/clock.h"
#include "type.h"

/* A native code. */
static int build(struct desc_type *t, const struct row *row)
{
	MPI_Datatype n = MPI_DATATYPE_NULL;
	int rc = kept_make(row, &t->kept, &n);

	if (!rc && t->committed)
		rc = MPI_Type_commit(&n);
	if (rc)
		return rc;
	t->d.real = AS_REAL(n);
	type_index(t);
	return 0;
}

int type_build(struct desc_type *t)
{
	const struct row *row = row_of(t->d.what);

	return row ? build(t, row) : MPI_ERR_TYPE;
}

int type_measure(struct desc_type *t)
{
	MPI_Datatype n = NATIVE(MPI_Datatype, t);
	MPI_Count size, lb, extent, tlb, textent;
	int rc;

	rc = MPI_Type_size_x(n, &size);
	if (!rc)
		rc = MPI_Type_get_extent_x(n, &lb, &extent);
	if (!rc)
		rc = MPI_Type_get_true_extent_x(n, &tlb, &textent);
	if (rc)
		return rc;
	t->size = size;
	t->lb = lb;
	t->extent = extent;
	t->true_lb = tlb;
	t->true_extent = textent;
	return 0;
}

static int is_f90(int combiner)
{
	return combiner == SEAM_COMBINER_F90_REAL ||
	       combiner == SEAM_COMBINER_F90_COMPLEX ||
	       combiner == SEAM_COMBINER_F90_INTEGER;
}

/* The same arguments give the same handle, which is never freed. One that is
 * not committed is being made. Without one t is it, if it is made. */
static struct desc *f90_same(struct desc_type *t, int made)
{
	const struct kept *k = &t->kept;
	const struct desc_type *u;
	struct desc *d;

	objects_lock();
	for (d = KEEP_MPI->live[DESC_TYPE]; d; d = d->next) {
		u = (const struct desc_type *)d;
		if (u != t && u->committed && u->combiner == t->combiner &&
		    !memcmp(u->kept.ints, k->ints, k->n_ints * sizeof(int)))
			break;
	}
	if (!d && made)
		t->committed = 1;
	objects_unlock();
	return d;
}

/* Another thread may have made the same at the same time: of the same native
 * type, which is never freed. */
static struct desc *f90_settle(struct desc_type *t)
{
	struct desc *same = f90_same(t, 1);

	if (same) {
		type_unindex(t);
		t->d.real = 0;
	}
	return same;
}

/* The attributes of a duplicate, which is not made when a callback fails. */
static int dup_attributes(struct desc_type *old, seam_datatype *out,
			  const char *fn)
{
	struct desc_type *t = type_of(*out);
	int rc = attr_copy_all(&old->d, &t->d);

	if (!rc)
		return 0;
	desc_unref(t);
	*out = SEAM_DATATYPE_NULL;
#ifdef OPEN_MPI
	rc = SEAM_ERR_INTERN;
#endif
	return back_raise(NULL, rc, fn);
}

/* 0 or ASK() */
static int type_finish(struct desc_type *t, const struct row *row)
{
	int rc;

	if (row->combiner == SEAM_COMBINER_DUP)
		t->committed =
			((struct desc_type *)t->kept.objects[0])->committed;
	rc = build(t, row);
	if (!rc)
		rc = type_measure(t);
	return rc ? ASK(err_class(err_from_native(rc))) : 0;
}

static int type_fill(const struct row *row, const struct kept_arg *args, int n,
		     seam_datatype *out)
{
	struct desc_type *t = desc_make(DESC_TYPE, sizeof(*t), row->name);
	struct desc *same = NULL;
	int rc;

	if (!t)
		return ASK(SEAM_ERR_COUNT);
	t->combiner = row->combiner;
	t->large = row->large;
	rc = kept_fill(&t->kept, args, n);
	if (!rc && is_f90(t->combiner))
		same = f90_same(t, 0);
	if (!rc && !same) {
		rc = type_finish(t, row);
		if (!rc && is_f90(t->combiner))
			same = f90_settle(t);
	}
	if (rc || same) {
		desc_unref(t);
		if (same)
			*out = same->seam;
		return rc;
	}
	*out = t->d.seam;
	return 0;
}

static int type_dup(const struct row *row, const struct kept_arg *args, int n,
		    seam_datatype *out)
{
	struct desc_type *old = type_of(*(const seam_datatype *)args[0].from);
	int rc, calls = old && old->attrs;

	rc = calls ? callback_enter() : 0;
	if (rc)
		return rc;
	rc = type_fill(row, args, n, out);
	if (!rc && calls)
		rc = dup_attributes(old, out, row->name);
	if (calls)
		coll_leave();
	return rc;
}

int type_new(const struct row *row, const struct kept_arg *args, int n,
	     seam_datatype *out)
{
	return row->combiner == SEAM_COMBINER_DUP ?
		       type_dup(row, args, n, out) :
		       type_fill(row, args, n, out);
}
