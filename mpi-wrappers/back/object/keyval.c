/* SPDX-License-Identifier: MIT */
/* keyval.c - keyvals: what attributes are set by
 *
 * One lives until the last attribute with it has gone, freed or not.
 */
#include "objects.h"
#include "../core/rows.h"
#include "../../front_shims.h"

struct desc_keyval *keyval_find(int number)
{
	struct desc_keyval *k = NULL;
	struct desc *d;

	objects_lock();
	for (d = KEEP_MPI->live[DESC_KEYVAL]; d; d = d->next) {
		k = (struct desc_keyval *)d;
		if (k->number == number)
			break;
	}
	objects_unlock();
	return d ? k : NULL;
}

int keyval_new(enum desc_kind kind, void *copy, void *del, int *number,
	       void *extra, const char *fn)
{
	struct objects_root *r = objects_root();
	struct desc_keyval *k;

	if (copy == FRONT_NO_FN || del == FRONT_NO_FN)
		return ASK(SEAM_ERR_ARG);
	k = desc_make(DESC_KEYVAL, sizeof(*k), fn);
	if (!k || !r)
		return back_raise(NULL, SEAM_ERR_NO_MEM, fn);
	k->number = FIRST_KEYVAL +
		    __atomic_fetch_add(&r->next_keyval, 1, __ATOMIC_RELAXED);
	k->on = kind;
	k->copy = copy;
	k->del = del;
	k->extra = extra;
	*number = k->number;
	return 0;
}

int keyval_free(enum desc_kind kind, int *number)
{
	struct desc_keyval *k = keyval_find(*number);

	if (!k || k->on != (int)kind)
		return ASK(SEAM_ERR_KEYVAL);
	*number = SEAM_KEYVAL_INVALID;
	if (!__atomic_exchange_n(&k->d.freed, 1, __ATOMIC_RELAXED))
		desc_unref(k); /* MPICH: its copies may be freed again */
	return 0;
}
