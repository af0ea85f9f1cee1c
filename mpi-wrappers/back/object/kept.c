/* SPDX-License-Identifier: MIT */
/* kept.c - arguments of constructors: written down, read back */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include "kept.h"
#include "kind.h"

#define MOST ((int64_t)1 << 48) /* of an array: its bytes can be counted */

static int by_name(const void *name, const void *row)
{
	return strcmp(name, ((const struct row *)row)->name);
}

const struct row *row_of(const char *name)
{
	return bsearch(name, back_rows, back_n_rows, sizeof(*back_rows),
		       by_name);
}

/* 1: *array has room for n, or is NULL for none. */
static int array_room(void *array, int64_t n, size_t size)
{
	void *p = n ? keep_alloc(n * size) : NULL;

	memcpy(array, &p, sizeof(p));
	return p || !n;
}

/* 1: there is room for what args are. */
static int kept_room(struct kept *k, const struct kept_arg *args, int n)
{
	int64_t size[KEPT_OBJECT + 1] = { 0 };
	int i;

	for (i = 0; i < n; i++) {
		if (args[i].n >= MOST)
			return 0;
		size[args[i].as < KEPT_OBJECT ? args[i].as : KEPT_OBJECT] +=
			args[i].n;
	}
	return array_room(&k->ints, size[KEPT_INT], sizeof(*k->ints)) &&
	       array_room(&k->aints, size[KEPT_AINT], sizeof(*k->aints)) &&
	       array_room(&k->counts, size[KEPT_COUNT], sizeof(*k->counts)) &&
	       array_room(&k->objects, size[KEPT_OBJECT], sizeof(*k->objects));
}

static int keep_objects(struct kept *k, const struct kept_arg *a)
{
	void *const *handles = a->from;
	int kind = a->as - KEPT_OBJECT;
	struct desc *d;
	int64_t i;

	for (i = 0; i < a->n; i++) {
		d = desc_of(handles[i], (enum desc_kind)kind);
		if (!d)
			return ASK(kinds[kind].error);
		desc_ref(d);
		k->objects[k->n_objects++] = d;
	}
	return 0;
}

static int keep_arg(struct kept *k, const struct kept_arg *a)
{
	size_t n = a->n;

	if (a->as >= KEPT_OBJECT)
		return keep_objects(k, a);
	if (n && a->as == KEPT_INT)
		memcpy(k->ints + k->n_ints, a->from, n * sizeof(int));
	else if (n && a->as == KEPT_AINT)
		memcpy(k->aints + k->n_aints, a->from, n * sizeof(int64_t));
	else if (n)
		memcpy(k->counts + k->n_counts, a->from, n * sizeof(int64_t));
	*(a->as == KEPT_INT  ? &k->n_ints :
	  a->as == KEPT_AINT ? &k->n_aints :
			       &k->n_counts) += a->n;
	return 0;
}

int kept_fill(struct kept *k, const struct kept_arg *args, int n)
{
	int i, rc = 0;

	for (i = 0; i < n; i++)
		if (args[i].n < 0 || (args[i].n && !args[i].from))
			return ASK(SEAM_ERR_ARG);
	if (!kept_room(k, args, n))
		return ASK(SEAM_ERR_COUNT);
	for (i = 0; i < n && !rc; i++)
		rc = keep_arg(k, &args[i]);
	return rc;
}

void kept_free(struct kept *k)
{
	int64_t i;

	for (i = 0; i < k->n_objects; i++)
		desc_unref(k->objects[i]);
	keep_free(k->ints);
	keep_free(k->aints);
	keep_free(k->counts);
	keep_free(k->objects);
}

int kept_make(const struct row *row, const struct kept *k, void *native)
{
	struct making m = { .kept = k };
	int rc = row->make(&m, native);

	while (m.n_room)
		free(m.room[--m.n_room]);
	return rc;
}

/* The next n of a list, of which *at are read: never NULL, although there is
 * no list for none, because MPICH follows the arrays of a type without
 * dimensions. */
static const void *next(struct making *m, const void *list, int64_t *at,
			int64_t n, size_t size)
{
	const char *p = list ? (const char *)list + *at * size :
			       (const char *)&m->spare;

	*at += n > 0 ? n : 0;
	return p;
}

const int *made_ints(struct making *m, int64_t n)
{
	return next(m, m->kept->ints, &m->ints, n, sizeof(int));
}

const MPI_Aint *made_aints(struct making *m, int64_t n)
{
	return next(m, m->kept->aints, &m->aints, n, sizeof(int64_t));
}

const MPI_Count *made_counts(struct making *m, int64_t n)
{
	return next(m, m->kept->counts, &m->counts, n, sizeof(int64_t));
}

/* An array of *n, zeroed; without memory one of none, and the call fails. */
static void *made_room(struct making *m, int64_t *n, size_t size)
{
	void *p = calloc((*n > 0 ? *n : 0) + 1, size);

	if (p) {
		m->room[m->n_room++] = p;
		return p;
	}
	m->rc = MPI_ERR_OTHER;
	*n = 0;
	return &m->spare;
}

const int *made_named(struct making *m, int64_t n, int (*real)(int))
{
	const int *from = made_ints(m, n);
	int *to = made_room(m, &n, sizeof(*to));
	int64_t i;

	for (i = 0; i < n; i++)
		to[i] = real(from[i]);
	return to;
}

const MPI_Datatype *made_types(struct making *m, int64_t n)
{
	MPI_Datatype *to = made_room(m, &n, sizeof(*to));
	int64_t i;

	for (i = 0; i < n; i++) {
		struct desc *d = m->kept->objects[m->objects++];

		to[i] = NATIVE(MPI_Datatype, d);
		if (!d->real) /* a type this MPI has not */
			m->rc = MPI_ERR_TYPE;
	}
	return to;
}

const int *fit_ints(struct making *m, int64_t n)
{
	const MPI_Count *from = made_counts(m, n);
	int *to = made_room(m, &n, sizeof(*to));
	int64_t i;

	for (i = 0; i < n; i++) {
		to[i] = from[i];
		if (from[i] > INT_MAX || from[i] < INT_MIN)
			m->rc = MPI_ERR_COUNT;
	}
	return to;
}
