/* SPDX-License-Identifier: MIT */
/* grave.c - clocks of communicators that are gone here, but not everywhere
 *
 * MPI_Comm_free waits for nobody: this rank may be through with a communicator
 * on which others have yet to begin their last collectives. Until all ranks
 * have stopped once, such a clock is named to them like a living one's, so that
 * they come as far. No image has any: this is memory of the lower half.
 *
 * To make a communicator is to wait for all members of its parent, which have
 * by then begun what came before: the graves of the parent's children can be
 * forgotten. Not with MPI_THREAD_MULTIPLE, where another thread may be the one
 * that is behind; then, and beyond GRAVES, the oldest go. (Who is behind has
 * not freed them: so many communicators at once is more than MPI libraries
 * give.)
 */
#include <string.h>
#include "grave.h"
#include "request.h"

#define GRAVES (1 << 14)

static struct grave {
	struct clock clock;
	uint64_t parent[2];
} graves[GRAVES];
static size_t n_graves;

/* Whose parent goes has the parent's from now on. */
static void adopt(const struct desc_comm *parent)
{
	struct desc_comm *c;
	struct desc *d;
	size_t i;

	for (i = 0; i < n_graves; i++)
		if (clock_same(graves[i].parent, parent->id))
			memcpy(graves[i].parent, parent->parent,
			       sizeof(parent->parent));
	for (d = KEEP_MPI->live[DESC_COMM]; d; d = d->next) {
		c = (struct desc_comm *)d;
		if (clock_same(c->parent, parent->id))
			memcpy(c->parent, parent->parent,
			       sizeof(parent->parent));
	}
}

void grave_dig(const struct desc_comm *c)
{
	struct grave *g;

	if (clock_members(c) == 1)
		return;
	objects_lock();
	if (n_graves == GRAVES) {
		n_graves /= 2;
		memmove(graves, graves + n_graves, n_graves * sizeof(*graves));
	}
	g = &graves[n_graves++];
	g->clock.id[0] = c->id[0];
	g->clock.id[1] = c->id[1];
	g->clock.seq = c->seq;
	g->clock.members = (uint32_t)clock_members(c);
	memcpy(g->parent, c->parent, sizeof(c->parent));
	if (!p2p_multiple())
		adopt(c);
	objects_unlock();
}

void graves_forget(const uint64_t parent[2])
{
	size_t i, n = 0;

	if (p2p_multiple())
		return;
	objects_lock();
	for (i = 0; i < n_graves; i++)
		if (!clock_same(graves[i].parent, parent))
			graves[n++] = graves[i];
	n_graves = n;
	objects_unlock();
}

size_t graves_list(struct clock *c, size_t max)
{
	size_t i;

	for (i = 0; i < n_graves && i < max; i++)
		c[i] = graves[i].clock;
	return n_graves;
}

void graves_clear(void)
{
	objects_lock();
	n_graves = 0;
	objects_unlock();
}
