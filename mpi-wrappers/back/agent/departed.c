/* SPDX-License-Identifier: MIT */
/* departed.c - clocks of objects that are gone here, but not everywhere
 *
 * MPI_Comm_free waits for nobody: this rank may be through with a communicator
 * on which others have yet to begin their last collectives. Until all ranks
 * have stopped once, its clock is named to them like one of the ring, so that
 * they come as far. No image has any: this is memory of the lower half.
 *
 * To make an object is to wait for all members of its parent, which have by
 * then begun what came before: the departed children of the parent can be
 * forgotten. Not with MPI_THREAD_MULTIPLE, where another thread may be the one
 * that is behind; then, and beyond DEPARTED, the oldest go. (A rank that is
 * behind has not freed them: so many communicators at once is more than MPI
 * libraries give.)
 */
#include <string.h>
#include "departed.h"
#include "../p2p/request.h"

#define DEPARTED (1 << 14)

static struct coll_clock departed[DEPARTED];
static size_t n_departed;

static void parent_change(struct coll_clock *k, const struct coll_clock *gone)
{
	if (clock_same(k->parent, gone->id))
		memcpy(k->parent, gone->parent, sizeof(k->parent));
}

/* The children of a parent that goes are its parent's from now on. */
static void children_leave(const struct coll_clock *gone)
{
	struct coll_clock *k;
	size_t i;

	for (i = 0; i < n_departed; i++)
		parent_change(&departed[i], gone);
	for (k = clock_next(NULL); k; k = clock_next(k))
		parent_change(k, gone);
}

void departed_add(struct coll_clock *k)
{
	objects_lock();
	clock_remove(k);
	if (k->members > 1) {
		if (n_departed == DEPARTED) {
			n_departed /= 2;
			memmove(departed, departed + n_departed,
				n_departed * sizeof(*departed));
		}
		departed[n_departed++] = *k;
		if (!p2p_multiple())
			children_leave(k);
	}
	objects_unlock();
}

void departed_forget(const struct coll_clock *parent)
{
	size_t i, n = 0;

	if (p2p_multiple())
		return;
	objects_lock();
	for (i = 0; i < n_departed; i++)
		if (!clock_same(departed[i].parent, parent->id))
			departed[n++] = departed[i];
	n_departed = n;
	objects_unlock();
}

const struct coll_clock *departed_next(const struct coll_clock *k)
{
	k = k ? k + 1 : departed;
	return k < departed + n_departed ? k : NULL;
}

void departed_clear(void)
{
	objects_lock();
	n_departed = 0;
	objects_unlock();
}
