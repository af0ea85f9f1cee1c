/* SPDX-License-Identifier: MIT */
/* desc.c - making, counting and finding descriptors
 *
 * Invariants: a descriptor is changed only below the gate, so no checkpoint
 * sees it half done; the lock is lower-half memory and free at a checkpoint;
 * it is never held across native calls or upcalls.
 */
#include <stdio.h>
#include <string.h>
#include "../../../common/stress.h"
#include "../../../common/sync.h"
#include "kind.h"
#include "objects.h"
#include "../core/rows.h"

#define FREED_MAGIC 0x6d6f0000u

static uint32_t list_lock;

void objects_lock(void)
{
	sync_word_lock(&list_lock);
	STRESS_POINT();
}

void objects_unlock(void)
{
	STRESS_POINT();
	sync_word_unlock(&list_lock);
}

void *desc_make(enum desc_kind kind, size_t size, const char *what)
{
	struct desc *d = keep_alloc(size);

	if (!d)
		return NULL;
	d->seam = d;
	d->magic = DESC_MAGIC | kind;
	d->refs = 1;
	desc_set_what(d, what);
	objects_lock();
	desc_list(d, kind);
	objects_unlock();
	return d;
}

void *desc_make_fixed(enum desc_kind kind, size_t size, const void *seam)
{
	struct desc *d = desc_make(kind, size, NULL);

	if (!d)
		return NULL;
	d->seam = (void *)(uintptr_t)seam;
	KEEP_MPI->fixed[(uintptr_t)seam] = d;
	return d;
}

/* The name's text is in the lower half, which goes; keep it inside. Each object
 * made comes here: snprintf(3) was half of what a group costs. */
void desc_set_what(struct desc *d, const char *what)
{
	size_t n;

	if (!what)
		return;
	n = strnlen(what, sizeof(d->what) - 1);
	memcpy(d->what, what, n);
	d->what[n] = '\0';
}

void desc_ref(void *p)
{
	struct desc *d = p;

	if (d && !desc_is_fixed(d))
		__atomic_add_fetch(&d->refs, 1, __ATOMIC_RELAXED);
}

void desc_unref(void *p)
{
	struct desc *d = p;
	enum desc_kind kind;

	if (!d || desc_is_fixed(d) ||
	    __atomic_sub_fetch(&d->refs, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	kind = desc_kind(d);
	if (kinds[kind].destroy)
		kinds[kind].destroy(d);
	objects_lock();
	/* If it is there: its neighbours change what it says of that. */
	if (d->next || d->prev || KEEP_MPI->live[kind] == d)
		desc_unlist(d, kind);
	objects_unlock();
	d->magic = FREED_MAGIC | kind;
	keep_free(d);
}

int handle_free(enum desc_kind kind, int fixed, void *handle)
{
	void **h = handle;
	struct desc *d = desc_of(*h, kind);

	if (!d || (desc_is_fixed(d) && !fixed))
		return ASK(kinds[kind].error);
	*h = kinds[kind].null;
	desc_unref(d);
	return 0;
}

static int desc_refuse(const struct desc *d, char *why, size_t len)
{
	const struct kind *k = kind_of(d);

	if (k->refuse && k->refuse(d, why, len))
		return 1;
	if (d->refuse)
		snprintf(why, len, "%s made by %s cannot be saved yet", k->name,
			 d->what[0] ? d->what : "the application");
	return d->refuse != 0;
}

int objects_refuse(char *why, size_t len)
{
	struct desc *d;
	int k;

	for (k = 1; k < DESC_KINDS; k++)
		for (d = KEEP_MPI->live[k]; d; d = d->next)
			if (desc_refuse(d, why, len))
				return 1;
	return 0;
}
