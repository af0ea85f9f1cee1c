/* SPDX-License-Identifier: MIT */
/* type.c - datatype descriptors: life, contents, native handle -> descriptor
 *
 * A native datatype lives as long as its descriptor: after MPI_Type_free that
 * is until the last type built of it and the last pending receive have gone,
 * so that a restart can build all of them again.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "../agent/clock.h"
#include "../core/rows.h"
#include "../object/kind.h"
#include "type.h"
#include "../../conv.h"
#include "build/gen/back.h"

#define BUCKETS 256

static struct desc_type *index_of[BUCKETS]; /* under objects_lock */

struct desc_type *type_of(seam_datatype h)
{
	return desc_of(h, DESC_TYPE);
}

static struct desc_type **bucket(uint64_t real)
{
	return &index_of[(real * 0x9e3779b97f4a7c15u) >> 56];
}

void type_index(struct desc_type *t)
{
	struct desc_type **b = bucket(t->d.real);

	objects_lock();
	t->chain = *b;
	*b = t;
	objects_unlock();
}

void type_unindex(struct desc_type *t)
{
	struct desc_type **p = bucket(t->d.real);

	objects_lock();
	while (*p && *p != t)
		p = &(*p)->chain;
	if (*p)
		*p = t->chain;
	objects_unlock();
}

void type_index_clear(void)
{
	memset(index_of, 0, sizeof(index_of));
}

seam_datatype seam_type(MPI_Datatype native)
{
	uint64_t real = AS_REAL(native);
	struct desc_type *t;

	objects_lock();
	for (t = *bucket(real); t && t->d.real != real; t = t->chain)
		;
	objects_unlock();
	return t ? t->d.seam : type_predefined(real);
}

void type_destroy(void *p)
{
	struct desc_type *t = p;
	MPI_Datatype n = NATIVE(MPI_Datatype, t);

	if (t->d.real) {
		type_unindex(t);
		MPI_Type_free(&n);
	}
	attr_forget(&t->d);
	kept_free(&t->kept);
}

int type_fixed(uint64_t real, void *seam)
{
	struct desc_type *t = desc_make_fixed(DESC_TYPE, sizeof(*t), seam);
	char name[MPI_MAX_OBJECT_NAME + 1] = "";
	int len;

	if (!t)
		return -ENOMEM;
	t->combiner = SEAM_COMBINER_NAMED;
	t->committed = 1;
	t->d.real = real;
	if (type_measure(t))
		return -EIO;
	MPI_Type_get_name(NATIVE(MPI_Datatype, t), name, &len);
	snprintf(t->name, sizeof(t->name), "%s", name);
	return 0;
}

int type_rebuild(struct desc *d)
{
	return type_build((struct desc_type *)d);
}

int back_Type_commit(seam_datatype *datatype)
{
	static const char fn[] = "MPI_Type_commit";
	struct desc_type *t = type_of(*datatype);
	MPI_Datatype n;
	int rc;

	if (!t)
		return ASK(SEAM_ERR_TYPE);
	n = NATIVE(MPI_Datatype, t);
	rc = t->committed ? 0 : MPI_Type_commit(&n);
	if (rc)
		return back_raise(NULL, err_from_native(rc), fn);
	t->committed = 1;
	return 0;
}

/* Not the predefined ones, nor the unnamed ones of create_f90. */
int back_Type_free(seam_datatype *datatype)
{
	static const char fn[] = "MPI_Type_free";
	struct desc_type *t = type_of(*datatype);
	int rc;

	if (!t || desc_is_fixed(&t->d))
		return ASK(SEAM_ERR_TYPE);
	if (t->combiner == SEAM_COMBINER_F90_REAL ||
	    t->combiner == SEAM_COMBINER_F90_COMPLEX ||
	    t->combiner == SEAM_COMBINER_F90_INTEGER)
		return back_raise(NULL, SEAM_ERR_TYPE, fn);
	if (t->attrs) {
		rc = callback_enter();
		if (rc)
			return rc;
		attr_delete_all(&t->d); /* nobody looks at what they return */
		coll_leave();
	}
	attr_forget(&t->d);
	t->d.freed = 1;
	*datatype = SEAM_DATATYPE_NULL;
	desc_unref(t);
	return 0;
}

int back_Type_match_size(int typeclass, int size, seam_datatype *datatype)
{
	static const char fn[] = "MPI_Type_match_size";
	MPI_Datatype n = (MPI_Datatype)0;
	int rc = MPI_Type_match_size(real_typeclass(typeclass), size, &n);

	if (rc && n != (MPI_Datatype)0)
		*datatype = SEAM_DATATYPE_NULL;
	if (rc)
		return back_raise(NULL, err_from_native(rc), fn);
	*datatype = seam_type(n);
	return *datatype == SEAM_DATATYPE_NULL ?
		       back_raise(NULL, SEAM_ERR_TYPE, fn) :
		       0;
}

int back_Type_get_envelope_c(seam_datatype datatype, seam_count *num_integers,
			     seam_count *num_addresses,
			     seam_count *num_large_counts,
			     seam_count *num_datatypes, int *combiner)
{
	struct desc_type *t = type_of(datatype);

	if (!t)
		return ASK(SEAM_ERR_TYPE);
	*num_integers = t->kept.n_ints;
	*num_addresses = t->kept.n_aints;
	*num_large_counts = t->kept.n_counts;
	*num_datatypes = t->kept.n_objects;
	*combiner = t->combiner;
	return 0;
}

int back_Type_get_envelope(seam_datatype datatype, int *num_integers,
			   int *num_addresses, int *num_datatypes,
			   int *combiner)
{
	struct desc_type *t = type_of(datatype);

	if (!t || t->large)
		return ASK(SEAM_ERR_TYPE);
	*num_integers = t->kept.n_ints;
	*num_addresses = t->kept.n_aints;
	*num_datatypes = t->kept.n_objects;
	*combiner = t->combiner;
	return 0;
}

/* Each derived type in the answer is a handle to be freed: a reference. */
int type_contents(seam_datatype h, int64_t max_ints, int64_t max_aints,
		  int64_t max_counts, int64_t max_types, int *ints,
		  seam_aint *aints, seam_count *counts, seam_datatype *types)
{
	struct desc_type *t = type_of(h);
	const struct kept *k = t ? &t->kept : NULL;
	int64_t i;

	if (!t || t->combiner == SEAM_COMBINER_NAMED)
		return ASK(SEAM_ERR_TYPE);
	if (max_ints < k->n_ints || max_aints < k->n_aints ||
	    max_counts < k->n_counts || max_types < k->n_objects ||
	    (max_ints && !ints) || (max_aints && !aints) ||
	    (max_counts && !counts) || (max_types && !types))
		return ASK(SEAM_ERR_ARG);
	if (k->n_ints)
		memcpy(ints, k->ints, k->n_ints * sizeof(int));
	if (k->n_aints)
		memcpy(aints, k->aints, k->n_aints * sizeof(int64_t));
	if (k->n_counts)
		memcpy(counts, k->counts, k->n_counts * sizeof(int64_t));
	for (i = 0; i < k->n_objects; i++) {
		types[i] = k->objects[i]->seam;
		desc_ref(k->objects[i]);
	}
	return 0;
}
