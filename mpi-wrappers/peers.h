/* SPDX-License-Identifier: MIT */
/* peers.h - how many blocks a collective of a communicator sends and receives
 *
 * For both halves: the lengths of the type arrays of the Alltoallw family.
 */
#ifndef MANA_PEERS_H
#define MANA_PEERS_H

#include "desc.h"

/* Blocks of Alltoallw, either way. c may be NULL: 0. */
static inline int peers_all(const struct desc_comm *c)
{
	if (!c)
		return 0;
	return c->remote_size ? c->remote_size : c->size;
}

/* Neighbours of this process: in (from whom) or out (to whom). */
static inline int peers_near(const struct desc_comm *c, int in)
{
	const struct desc_topo *t = c ? c->topo : NULL;

	if (!t)
		return 0;
	if (t->kind == SEAM_CART)
		return 2 * t->n;
	if (t->kind == SEAM_GRAPH)
		return t->index[c->rank] -
		       (c->rank ? t->index[c->rank - 1] : 0);
	return in ? t->n : t->m;
}

#define peers_in(c)  peers_near(c, 1)
#define peers_out(c) peers_near(c, 0)

#endif
