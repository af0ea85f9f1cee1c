/* SPDX-License-Identifier: MIT */
/* calls.h - in which MPI calls the threads are, for those who wait for them */
#ifndef MANA_CALLS_H
#define MANA_CALLS_H

#include "clocks.h"

/* The coordinator has said again that the round is still on. When a stage waits
 * for this rank for long, it is told why; 0 or -errno of the connection. */
int calls_beat(struct rank_round *r);
/* It is told now, unless all threads have stopped. The same. */
int calls_tell(const struct rank_round *r);

#endif
