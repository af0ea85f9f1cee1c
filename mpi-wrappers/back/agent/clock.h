/* SPDX-License-Identifier: MIT */
/* clock.h - the collective clock: nobody is left inside a collective
 *
 * Each communicator counts the collectives begun on it. While no checkpoint is
 * pending that is all: no message, no atomic, no fence. The agent sets
 * gate->pending and issues a membarrier: after it, either it sees a thread's
 * count or the thread sees the request.
 *
 * All clocks are in one ring: those of communicators, that of MPI_Init, and
 * those of sets of processes that no communicator names (comm_make.c). A new
 * one is in it before coll_leave() of the collective that made its object; a
 * freed object's has moved to the departed ones (departed.h) by then. So a
 * clock is never missing while somebody is inside, or has yet to come.
 */
#ifndef MANA_BACK_CLOCK_H
#define MANA_BACK_CLOCK_H

#include "../../../common/back.h"
#include "../../../common/lower.h"
#include "../object/objects.h"

/* thread->mpi[]: what a parked thread waits for. */
enum clock_slot {
	CLOCK_ID0,
	CLOCK_ID1,
	CLOCK_NEEDS,
	CLOCK_PARKED, /* 0: not parked; else 1 + members */
};

/* A checkpoint is pending and seq has been raised: 0 or GATE_AGAIN (undone). */
int clock_slow(struct thread *t, struct coll_clock *k);

static inline int clock_same(const uint64_t a[2], const uint64_t b[2])
{
	return a[0] == b[0] && a[1] == b[1];
}

/* Before a native collective counted by k. 0, or GATE_AGAIN: do not begin. */
static inline __attribute__((always_inline)) int
coll_enter(struct coll_clock *k)
{
	struct thread *t = lower_self();

	t->in_coll++;
	k->seq++;
	__asm__ volatile("" : : : "memory");
	if (__builtin_expect(GATE->pending != PENDING_NONE, 0))
		return clock_slow(t, k);
	return 0;
}

/* After it. */
static inline void coll_leave(void)
{
	__asm__ volatile("" : : : "memory");
	lower_self()->in_coll--;
}

/* Before a call that is no collective but runs callbacks of the application,
 * which may call some: as coll_enter(), coll_leave() after it. */
int callback_enter(void);

/* The clock of MPI_Init, which has identity (0,1). */
struct coll_clock *clock_of_init(void);

/* Into the ring, when identity and members are known. */
void clock_add(struct coll_clock *k);
/* Out of it, if it is there. Objects are locked. */
void clock_remove(struct coll_clock *k);
/* The clock of the ring with this identity, NULL: none. */
struct coll_clock *clock_find(const uint64_t id[2]);
/* All of the ring, MPI_Init's first: begin with NULL; NULL after the last.
 * Objects are locked. */
struct coll_clock *clock_next(const struct coll_clock *k);

#endif
