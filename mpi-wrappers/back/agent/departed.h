/* SPDX-License-Identifier: MIT */
/* departed.h - clocks of objects that are gone here, but not everywhere */
#ifndef MANA_BACK_DEPARTED_H
#define MANA_BACK_DEPARTED_H

#include "clock.h"

/* The object of k is freed: k leaves the ring. Before coll_leave() of the call
 * that frees it. */
void departed_add(struct coll_clock *k);
/* All members of parent have begun a collective on it that this rank, a member,
 * has finished. */
void departed_forget(const struct coll_clock *parent);
/* All of them: begin with NULL; NULL after the last. Objects are locked. */
const struct coll_clock *departed_next(const struct coll_clock *k);
/* All ranks are as far as their targets. */
void departed_clear(void);

#endif
