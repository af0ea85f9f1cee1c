/* SPDX-License-Identifier: MIT */
/* clock.h - the collective clock: nobody is left inside a collective
 *
 * Each communicator counts the collectives begun on it. While no checkpoint is
 * pending that is all: no message, no atomic, no fence. The agent sets
 * gate->pending and issues a membarrier: after it, either it sees a thread's
 * count or the thread sees the request.
 *
 * A new communicator's descriptor is on its live list before coll_leave() of
 * the collective that made it, a freed one has a grave (grave.h) by then: so a
 * clock is never missing while somebody is inside, or has yet to come.
 */
#ifndef MANA_BACK_CLOCK_H
#define MANA_BACK_CLOCK_H

#include "../../common/back.h"
#include "../../common/lower.h"
#include "objects.h"

/* thread->mpi[]: what a parked thread waits for. */
enum clock_slot {
	CLOCK_ID0,
	CLOCK_ID1,
	CLOCK_NEEDS,
	CLOCK_PARKED, /* 0: not parked; else 1 + members */
};

/* A checkpoint is pending and seq has been raised: 0 or GATE_AGAIN (undone).
 * members: 0 when not known. */
int clock_slow(struct thread *t, const uint64_t id[2], uint64_t *seq,
	       uint64_t *target, int members);

/* The same communicator's clock? */
static inline int clock_same(const uint64_t a[2], const uint64_t b[2])
{
	return a[0] == b[0] && a[1] == b[1];
}

static inline int clock_members(const struct desc_comm *c)
{
	return c->size + c->remote_size;
}

/* Before a native collective on c. 0, or GATE_AGAIN: do not begin. */
static inline __attribute__((always_inline)) int coll_enter(struct desc_comm *c)
{
	struct thread *t = half_self();

	t->in_coll++;
	c->seq++;
	__asm__ volatile("" : : : "memory");
	if (__builtin_expect(GATE->pending != PENDING_NONE, 0))
		return clock_slow(t, c->id, &c->seq, &c->target,
				  clock_members(c));
	return 0;
}

/* After it. c may be gone, only its address is used; NULL is fine. */
static inline void coll_leave(const struct desc_comm *c)
{
	(void)c;
	__asm__ volatile("" : : : "memory");
	half_self()->in_coll--;
}

/* The same for MPI_Init, whose clock has identity (0,1). */
int clock_enter_init(void);
/* The same for a call that is no collective but runs callbacks of the
 * application, which may call some: coll_leave(NULL) after it. */
int callback_enter(void);

#endif
