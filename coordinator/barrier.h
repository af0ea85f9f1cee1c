/* SPDX-License-Identifier: MIT */
/* barrier.h - ranks wait until all ranks of the job are there */
#ifndef MANA_BARRIER_H
#define MANA_BARRIER_H

#include "server.h"

/* The rank waits in the barrier of this name. */
void barrier_enter(struct server *s, uint32_t rank, const char *name);
/* Ranks that wait in a barrier for one that will not come are told to end; that
 * one has said why. */
void barrier_break(struct server *s);

#endif
