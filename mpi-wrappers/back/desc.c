/* SPDX-License-Identifier: MIT */
/* desc.c - making, counting and finding descriptors
 *
 * Invariants: a descriptor is changed only below the gate, so no checkpoint
 * sees it half done; the lock is lower-half memory and free at a checkpoint;
 * it is never held across native calls or upcalls.
 */
#include <stdio.h>
#include "../../common/stress.h"
#include "../../common/sync.h"
#include "objects.h"

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

static void list_add(struct desc *d, enum desc_kind kind)
{
	objects_lock();
	d->prev = KEEP_MPI->last[kind];
	d->next = NULL;
	if (d->prev)
		d->prev->next = d;
	else
		KEEP_MPI->live[kind] = d;
	KEEP_MPI->last[kind] = d;
	objects_unlock();
}

/* If it is there: its neighbours change what it says of that. */
static void list_remove(struct desc *d, enum desc_kind kind)
{
	objects_lock();
	if (!d->next && !d->prev && KEEP_MPI->live[kind] != d) {
		objects_unlock();
		return;
	}
	if (d->prev)
		d->prev->next = d->next;
	else
		KEEP_MPI->live[kind] = d->next;
	if (d->next)
		d->next->prev = d->prev;
	else
		KEEP_MPI->last[kind] = d->prev;
	objects_unlock();
}

void *desc_make_unlisted(enum desc_kind kind, size_t size, const char *what)
{
	struct desc *d = keep_alloc(size);

	if (!d)
		return NULL;
	d->seam = d;
	d->magic = DESC_MAGIC | kind;
	d->refs = 1;
	desc_set_what(d, what);
	return d;
}

void *desc_make(enum desc_kind kind, size_t size, const char *what)
{
	struct desc *d = desc_make_unlisted(kind, size, what);

	if (d)
		list_add(d, kind);
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

/* The name's text is in the lower half, which goes; keep it inside. */
void desc_set_what(struct desc *d, const char *what)
{
	if (what)
		snprintf(d->what, sizeof(d->what), "%s", what);
}

static int is_fixed(const struct desc *d)
{
	return (uintptr_t)d->seam < 0x1000;
}

void desc_ref(void *p)
{
	struct desc *d = p;

	if (d && !is_fixed(d))
		__atomic_add_fetch(&d->refs, 1, __ATOMIC_RELAXED);
}

static void handled_destroy(void *p)
{
	attr_forget(p);
	desc_unref(((struct desc_handled *)p)->errhandler);
}

/* What each kind owns; NULL: nothing. Requests and messages are p2p's. */
static void (*const destroy[DESC_KINDS])(void *) = {
	[DESC_COMM] = comm_destroy,    [DESC_GROUP] = group_destroy,
	[DESC_TYPE] = type_destroy,    [DESC_OP] = op_destroy,
	[DESC_INFO] = info_destroy,    [DESC_WIN] = handled_destroy,
	[DESC_FILE] = handled_destroy, [DESC_SESSION] = handled_destroy,
	[DESC_T_CVAR] = tool_destroy,  [DESC_T_ENUM] = tool_destroy,
};

void desc_unref(void *p)
{
	struct desc *d = p;
	enum desc_kind kind;

	if (!d || is_fixed(d) ||
	    __atomic_sub_fetch(&d->refs, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	kind = d->magic & 0xffff;
	if (destroy[kind])
		destroy[kind](d);
	list_remove(d, kind);
	d->magic = FREED_MAGIC | kind;
	keep_free(d);
}

int objects_refuse(char *why, size_t len)
{
	static const char *const names[DESC_KINDS] = {
		[DESC_COMM] = "a communicator",
		[DESC_GROUP] = "a group",
		[DESC_TYPE] = "a datatype",
		[DESC_OP] = "an operation",
		[DESC_WIN] = "a window",
		[DESC_FILE] = "an open file",
		[DESC_SESSION] = "a session",
		[DESC_INFO] = "an info object",
		[DESC_T_CVAR] = "a handle of MPI_T",
		[DESC_T_PVAR] = "a handle of MPI_T",
		[DESC_T_SESSION] = "a handle of MPI_T",
		[DESC_T_EVENT] = "a handle of MPI_T",
	};
	struct desc *d;
	int k, found = 0;

	objects_lock();
	for (k = 1; k < DESC_KINDS && !found; k++) {
		for (d = KEEP_MPI->live[k]; d && !found; d = d->next) {
			if (!d->refuse)
				continue;
			found = 1;
			snprintf(why, len, "%s made by %s cannot be saved yet",
				 names[k] ? names[k] : "an object",
				 d->what[0] ? d->what : "the application");
		}
	}
	objects_unlock();
	return found;
}
