/* SPDX-License-Identifier: MIT */
/* futex_pi.c - priority-inheritance and robust futexes after a restart
 *
 * Freestanding. The protocol of the words is the kernel's (futex(2)), with the
 * ids that the application knows; a thread that must wait does so by
 * FUTEX_WAIT_BITSET, made by the trampoline, so that it can be stopped. No
 * priority is inherited.
 */
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include "futex_pi.h"

#define LIST_MAX 2048 /* ROBUST_LIST_LIMIT */
#define FLAGS	 (FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME)

static int swap(uint32_t *w, uint32_t from, uint32_t to)
{
	return __atomic_compare_exchange_n(w, &from, to, 0, __ATOMIC_SEQ_CST,
					   __ATOMIC_SEQ_CST);
}

static void wake(uint32_t *w, long flags)
{
	raw_syscall6(SYS_futex, (long)w,
		     FUTEX_WAKE | (flags & FUTEX_PRIVATE_FLAG), 1, 0, 0, 0);
}

/* 0: the futex is ours now; -EAGAIN: it is another's, and *seen is its word
 * with FUTEX_WAITERS. */
static long acquire(uint32_t *w, long op, const struct thread *t, int waited,
		    uint32_t *seen)
{
	uint32_t v, owner, mine = (uint32_t)t->vtid;

	for (;;) {
		v = __atomic_load_n(w, __ATOMIC_SEQ_CST);
		owner = v & FUTEX_TID_MASK;
		if (owner == mine)
			return -EDEADLK;
		if (!owner) {
			/* Other threads may still wait where this one has. */
			if (swap(w, v,
				 mine | (v & ~FUTEX_TID_MASK) |
					 (waited ? FUTEX_WAITERS : 0)))
				return 0;
			continue;
		}
		if (op & FUTEX_PRIVATE_FLAG && !thread_tid((int)owner))
			return -ESRCH;
		*seen = v | FUTEX_WAITERS;
		if (v == *seen || swap(w, v, *seen))
			return -EAGAIN;
	}
}

static long release(uint32_t *w, long op, const struct thread *t)
{
	uint32_t v;

	do {
		v = __atomic_load_n(w, __ATOMIC_SEQ_CST);
		if ((v & FUTEX_TID_MASK) != (uint32_t)t->vtid)
			return -EPERM;
	} while (!swap(w, v, 0));
	if (v & FUTEX_WAITERS)
		wake(w, op);
	return 0;
}

/* Both commands have an absolute time-out; FUTEX_LOCK_PI's is by the real-time
 * clock only. */
static void wait_for(long *a, long op, uint32_t seen)
{
	long clock = (op & FUTEX_CMD_MASK) == FUTEX_LOCK_PI && a[3] ?
			     FUTEX_CLOCK_REALTIME :
			     op & FUTEX_CLOCK_REALTIME;

	a[1] = FUTEX_WAIT_BITSET | (op & FUTEX_PRIVATE_FLAG) | clock;
	a[2] = seen;
	a[5] = 0xffffffff;
}

long futex_pi_call(struct hook_regs *r, struct thread *t)
{
	uint32_t *w = (uint32_t *)r->a[0], seen;
	long op = r->a[1];

	switch (op & ~FLAGS) {
	case FUTEX_LOCK_PI:
	case FUTEX_LOCK_PI2:
		r->nr = acquire(w, op, t, 0, &seen);
		if (r->nr != -EAGAIN)
			return HOOK_DONE;
		r->nr = SYS_futex;
		wait_for(r->a, op, seen);
		return HOOK_AFTER;
	case FUTEX_TRYLOCK_PI:
		r->nr = acquire(w, op, t, 0, &seen);
		return HOOK_DONE;
	case FUTEX_UNLOCK_PI:
		r->nr = release(w, op, t);
		return HOOK_DONE;
	case FUTEX_WAIT_REQUEUE_PI:
	case FUTEX_CMP_REQUEUE_PI:
		r->nr = -ENOSYS; /* glibc has not used them since 2.25 */
		return HOOK_DONE;
	}
	return HOOK_RAW;
}

long futex_pi_after(struct hook_result *now, const struct hook_regs *k,
		    struct thread *t)
{
	long op = k->was[1];
	uint32_t seen;

	if (now->value == -ETIMEDOUT)
		return 0;
	now->value = acquire((uint32_t *)k->was[0], op, t, 1, &seen);
	if (now->value != -EAGAIN)
		return 0;
	now->value = SYS_futex;
	wait_for(now->a, op, seen);
	return 1;
}

struct robust_node {
	struct robust_node *next; /* bit 0: a priority-inheritance futex */
};

struct robust_head {
	struct robust_node list;
	long offset; /* from a node to its futex */
	struct robust_node *pending;
};

static void lost(const struct robust_node *n, long offset, uint32_t id)
{
	uint32_t *w = (uint32_t *)(((uint64_t)n & ~1UL) + (uint64_t)offset), v;

	do {
		v = __atomic_load_n(w, __ATOMIC_SEQ_CST);
		if ((v & FUTEX_TID_MASK) != id)
			return;
	} while (!swap(w, v, (v & FUTEX_WAITERS) | FUTEX_OWNER_DIED));
	if (v & FUTEX_WAITERS)
		wake(w, 0); /* robust futexes are never private */
}

int futex_robust_end(struct thread *t, void *arg)
{
	struct robust_head *h = NULL;
	struct robust_node *n, *next;
	size_t len;
	int left = LIST_MAX;

	(void)arg;
	if (t->tid == t->vtid || /* the kernel does it */
	    raw_syscall3(SYS_get_robust_list, t->tid, (long)&h, (long)&len) ||
	    !h)
		return 0;
	for (n = h->list.next;
	     ((uint64_t)n & ~1UL) != (uint64_t)&h->list && left-- > 0;
	     n = next) {
		next = ((struct robust_node *)((uint64_t)n & ~1UL))->next;
		if (n != h->pending)
			lost(n, h->offset, (uint32_t)t->vtid);
	}
	if (h->pending)
		lost(h->pending, h->offset, (uint32_t)t->vtid);
	return 0;
}
