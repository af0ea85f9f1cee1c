/* SPDX-License-Identifier: MIT */
/* grave.h - clocks of communicators that are gone here, but not everywhere */
#ifndef MANA_BACK_GRAVE_H
#define MANA_BACK_GRAVE_H

#include "clock.h"

/* Before coll_leave() of the call that frees c. */
void grave_dig(const struct desc_comm *c);
/* All members of parent have begun a collective on it that this rank, a member,
 * has finished. */
void graves_forget(const uint64_t parent[2]);
/* How many there are, the first max of them in c. Objects are locked. */
size_t graves_list(struct clock *c, size_t max);
/* All ranks are as far as their targets. */
void graves_clear(void);

#endif
