/* SPDX-License-Identifier: MIT */
/* attr_copy.c - the attributes of a duplicate
 *
 * Which ones there are is written down before the first callback: callbacks and
 * other threads may add some, which are not copied, and delete some.
 */
#include <stdlib.h>
#include <string.h>
#include "attr.h"
#include "kind.h"
#include "../core/native.h"
#include "../../../common/lower.h"
#include "../../../common/stress.h"
#include "../../front_shims.h"

static int attr_copy(struct desc *from, struct desc *to,
		     const struct desc_attr *a)
{
	const struct front_shims *shims = FRONT;
	struct desc_keyval *k = a->keyval;
	struct front_copy io = { .value = a->value,
				 .kind = desc_kind(from),
				 .lang = a->lang };
	struct desc_attr *made;
	int rc = 0;

	STRESS_POINT();
	if (k->copy == SEAM_COMM_NULL_COPY_FN)
		return 0;
	if (k->copy == SEAM_COMM_DUP_FN)
		io.flag = 1;
	else if (shims)
		rc = lower_upcall((void *)shims->copy, (long)k->copy,
				  (long)from->seam, k->number, (long)k->extra,
				  (long)&io, 0);
	if (rc || !io.flag)
		return rc;
	made = attr_new(k, io.value, a->lang);
	if (!made)
		return SEAM_ERR_NO_MEM;
	objects_lock();
	attr_link(to, made);
	objects_unlock();
	return 0;
}

/* If it is still there. */
static int copy_one(struct desc *from, struct desc *to, int number)
{
	struct desc_attr a = { .keyval = NULL }, *found;
	int rc;

	objects_lock();
	found = attr_find(from, number);
	if (found) {
		a = *found;
		desc_ref(a.keyval);
	}
	objects_unlock();
	rc = found ? attr_copy(from, to, &a) : 0;
	desc_unref(a.keyval);
	return rc;
}

/* The keyvals' numbers in the order of the list, of which max are written to
 * out. Returns how many there are. */
static size_t attr_numbers(struct desc *obj, int *out, size_t max)
{
	const struct desc_attr *a;
	size_t n = 0;

	objects_lock();
	for (a = *attrs_of(obj); a; a = a->next, n++)
		if (n < max)
			out[n] = a->keyval->number;
	objects_unlock();
	return n;
}

/* *numbers: all of them, to be freed. Returns how many, or -1: no memory. */
static int attrs_note(struct desc *obj, int **numbers)
{
	size_t room = 0, n;
	int *more;

	*numbers = NULL;
	while ((n = attr_numbers(obj, *numbers, room)) > room) {
		more = realloc(*numbers, n * sizeof(**numbers));
		if (!more) {
			free(*numbers);
			return -1;
		}
		*numbers = more;
		room = n;
	}
	return (int)n;
}

/* Open MPI copies them by their keyvals, MPICH the newest first. */
#ifdef OPEN_MPI
static int by_number(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}
#define COPY_SORT(numbers, n) qsort(numbers, n, sizeof(int), by_number)
#else
#define COPY_SORT(numbers, n) ((void)0)
#endif

/* The list of MPICH's copy has the order of the one that was copied. */
static void copy_order(struct desc *to)
{
#ifndef OPEN_MPI
	struct desc_attr **list = attrs_of(to), *a, *next;

	objects_lock();
	a = *list;
	for (*list = NULL; a; a = next) {
		next = a->next;
		a->next = *list;
		*list = a;
	}
	objects_unlock();
#else
	(void)to;
#endif
}

#ifdef OPEN_MPI
#define DELETES_COPIES 1
#else
#define DELETES_COPIES 0
#endif

int attr_copy_all(struct desc *from, struct desc *to)
{
	int *numbers, i, rc = 0;
	int n = attrs_note(from, &numbers);

	if (n < 0)
		return SEAM_ERR_NO_MEM;
	if (n)
		COPY_SORT(numbers, (size_t)n);
	for (i = 0; i < n && !rc; i++)
		rc = copy_one(from, to, numbers[i]);
	free(numbers);
	copy_order(to);
	if (!rc)
		return 0;
	/* MPICH does so for datatypes alone. */
	if (DELETES_COPIES || desc_kind(to) == DESC_TYPE)
		attr_delete_all(to);
	attr_forget(to);
	return rc;
}
