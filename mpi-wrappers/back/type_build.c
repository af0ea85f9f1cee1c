/* SPDX-License-Identifier: MIT */
/* type_build.c - constructor arguments -> native datatype
 *
 * The arguments are kept in the form of MPI_Type_get_contents (MPI 4.0,
 * section 5.1.13). There is no other path to a native constructor: a restart
 * runs the same code as the first call.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include "type.h"
#include "../conv.h"

static int build_struct(struct desc_type *t, MPI_Datatype *n)
{
	MPI_Datatype *types = malloc((t->n_types + 1) * sizeof(*types));
	int64_t i;
	int rc = MPI_ERR_OTHER;

	if (!types)
		return rc;
	for (i = 0; i < t->n_types; i++)
		types[i] = NATIVE(MPI_Datatype, t->types[i]);
	if (!t->large)
		rc = MPI_Type_create_struct(t->ints[0], t->ints + 1,
					    (MPI_Aint *)t->aints, types, n);
#if MPI_VERSION >= 4
	else
		rc = MPI_Type_create_struct_c(
			t->counts[0], (MPI_Count *)t->counts + 1,
			(MPI_Count *)t->counts + 1 + t->counts[0], types, n);
#endif
	free(types);
	return rc;
}

static int build_darray(struct desc_type *t, MPI_Datatype old, MPI_Datatype *n)
{
	const int *i = t->ints, *g = i + 3;
	int nd = i[2], k, rc = MPI_ERR_OTHER;
	const int *dist, *dargs, *ps;
	int *d = malloc((2 * nd + 1) * sizeof(int)), *a = d + nd;

	dist = t->large ? i + 3 : g + nd;
	dargs = dist + nd;
	ps = dargs + nd;
	for (k = 0; d && k < nd; k++) {
		d[k] = real_distrib(dist[k]);
		a[k] = real_darg(dargs[k]);
	}
	if (!d)
		return rc;
	if (!t->large)
		rc = MPI_Type_create_darray(i[0], i[1], nd, g, d, a, ps,
					    real_order(ps[nd]), old, n);
#if MPI_VERSION >= 4
	else
		rc = MPI_Type_create_darray_c(i[0], i[1], nd,
					      (MPI_Count *)t->counts, d, a, ps,
					      real_order(ps[nd]), old, n);
#endif
	free(d);
	return rc;
}

static int build_small(struct desc_type *t, MPI_Datatype old, MPI_Datatype *n)
{
	int *i = t->ints;
	MPI_Aint *a = (MPI_Aint *)t->aints;

	switch (t->combiner) {
	case SEAM_COMBINER_CONTIGUOUS:
		return MPI_Type_contiguous(i[0], old, n);
	case SEAM_COMBINER_VECTOR:
		return MPI_Type_vector(i[0], i[1], i[2], old, n);
	case SEAM_COMBINER_HVECTOR:
		return MPI_Type_create_hvector(i[0], i[1], a[0], old, n);
	case SEAM_COMBINER_INDEXED:
		return MPI_Type_indexed(i[0], i + 1, i + 1 + i[0], old, n);
	case SEAM_COMBINER_HINDEXED:
		return MPI_Type_create_hindexed(i[0], i + 1, a, old, n);
	case SEAM_COMBINER_INDEXED_BLOCK:
		return MPI_Type_create_indexed_block(i[0], i[1], i + 2, old, n);
	case SEAM_COMBINER_HINDEXED_BLOCK:
		return MPI_Type_create_hindexed_block(i[0], i[1], a, old, n);
	case SEAM_COMBINER_SUBARRAY:
		return MPI_Type_create_subarray(
			i[0], i + 1, i + 1 + i[0], i + 1 + 2 * i[0],
			real_order(i[1 + 3 * i[0]]), old, n);
	case SEAM_COMBINER_RESIZED:
		return MPI_Type_create_resized(old, a[0], a[1], n);
	default:
		return MPI_ERR_TYPE;
	}
}

#if MPI_VERSION >= 4
static int build_large(struct desc_type *t, MPI_Datatype old, MPI_Datatype *n)
{
	MPI_Count *c = (MPI_Count *)t->counts;
	int *i = t->ints;

	switch (t->combiner) {
	case SEAM_COMBINER_CONTIGUOUS:
		return MPI_Type_contiguous_c(c[0], old, n);
	case SEAM_COMBINER_VECTOR:
		return MPI_Type_vector_c(c[0], c[1], c[2], old, n);
	case SEAM_COMBINER_HVECTOR:
		return MPI_Type_create_hvector_c(c[0], c[1], c[2], old, n);
	case SEAM_COMBINER_INDEXED:
		return MPI_Type_indexed_c(c[0], c + 1, c + 1 + c[0], old, n);
	case SEAM_COMBINER_HINDEXED:
		return MPI_Type_create_hindexed_c(c[0], c + 1, c + 1 + c[0],
						  old, n);
	case SEAM_COMBINER_INDEXED_BLOCK:
		return MPI_Type_create_indexed_block_c(c[0], c[1], c + 2, old,
						       n);
	case SEAM_COMBINER_HINDEXED_BLOCK:
		return MPI_Type_create_hindexed_block_c(c[0], c[1], c + 2, old,
							n);
	case SEAM_COMBINER_SUBARRAY:
		return MPI_Type_create_subarray_c(i[0], c, c + i[0],
						  c + 2 * i[0],
						  real_order(i[1]), old, n);
	case SEAM_COMBINER_RESIZED:
		return MPI_Type_create_resized_c(old, c[0], c[1], n);
	default:
		return MPI_ERR_TYPE;
	}
}
#else
/* How many of a large type's counts are ints in the small form, from the
 * front; the others are addresses. -1: all. */
static int64_t small_ints(const struct desc_type *t)
{
	switch (t->combiner) {
	case SEAM_COMBINER_HVECTOR:
	case SEAM_COMBINER_HINDEXED_BLOCK:
		return 2;
	case SEAM_COMBINER_HINDEXED:
	case SEAM_COMBINER_STRUCT:
		return 1 + t->counts[0];
	case SEAM_COMBINER_RESIZED:
		return 0;
	default:
		return t->n_counts;
	}
}

/* This MPI has no large counts: the same type in the small form, when its
 * numbers fit. */
static int build_large(struct desc_type *t, MPI_Datatype old, MPI_Datatype *n)
{
	int64_t k = small_ints(t), i, n_ints = k + t->n_ints;
	struct desc_type s = *t;
	int rc = MPI_ERR_COUNT, *p;

	p = s.ints = malloc((n_ints + 1) * sizeof(int));
	if (!p)
		return MPI_ERR_OTHER;
	s.large = 0;
	s.aints = t->counts + k;
	/* subarray: ndims first, order last; darray: gsizes after three */
	i = t->combiner == SEAM_COMBINER_SUBARRAY ? 1 :
	    t->combiner == SEAM_COMBINER_DARRAY	  ? 3 :
						    0;
	memcpy(p, t->ints, i * sizeof(int));
	memcpy(p + i + k, t->ints + i, (t->n_ints - i) * sizeof(int));
	for (p += i, i = 0; i < k; i++) {
		if (t->counts[i] > INT_MAX || t->counts[i] < INT_MIN)
			goto out;
		p[i] = t->counts[i];
	}
	rc = s.combiner == SEAM_COMBINER_STRUCT ? build_struct(&s, n) :
	     s.combiner == SEAM_COMBINER_DARRAY ? build_darray(&s, old, n) :
						  build_small(&s, old, n);
out:
	free(s.ints);
	return rc;
}
#define SMALL_ONLY 1
#endif

#ifndef SMALL_ONLY
#define SMALL_ONLY 0
#endif

int type_build(struct desc_type *t)
{
	MPI_Datatype n = MPI_DATATYPE_NULL, old = n;
	int64_t k;
	int rc;

	for (k = 0; k < t->n_types; k++)
		if (!t->types[k]->d.real)
			return MPI_ERR_TYPE; /* a type this MPI has not */
	if (t->n_types)
		old = NATIVE(MPI_Datatype, t->types[0]);
	if (t->combiner == SEAM_COMBINER_DUP)
		rc = MPI_Type_dup(old, &n);
	else if (t->combiner == SEAM_COMBINER_F90_REAL)
		rc = MPI_Type_create_f90_real(t->ints[0], t->ints[1], &n);
	else if (t->combiner == SEAM_COMBINER_F90_COMPLEX)
		rc = MPI_Type_create_f90_complex(t->ints[0], t->ints[1], &n);
	else if (t->combiner == SEAM_COMBINER_F90_INTEGER)
		rc = MPI_Type_create_f90_integer(t->ints[0], &n);
	else if (t->large && SMALL_ONLY)
		rc = build_large(t, old, &n);
	else if (t->combiner == SEAM_COMBINER_STRUCT)
		rc = build_struct(t, &n);
	else if (t->combiner == SEAM_COMBINER_DARRAY)
		rc = build_darray(t, old, &n);
	else
		rc = t->large ? build_large(t, old, &n) :
				build_small(t, old, &n);
	if (!rc && t->committed)
		rc = MPI_Type_commit(&n);
	if (rc)
		return rc;
	t->d.real = AS_REAL(n);
	type_index(t);
	return 0;
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
