/* SPDX-License-Identifier: MIT */
/* sync.h - the locks of upper code: freestanding, and closed to signal handlers
 *
 * A handler of the application that ran while its own thread held a lock could
 * wait for itself for ever, so signals are blocked meanwhile. A thread that
 * waits sleeps: one of real-time priority that only yielded would keep the
 * holder off the processor.
 *
 * The locks lie in keep memory (keep.h), where a child after fork(2) finds its
 * own copies: the thread that forks holds all of them (upper-half/clone.c), so
 * that what they protect is whole in the child.
 *
 * Order: a thread that holds a lock takes only ones further down in this list;
 * docs/locks.md has all there are, with those of the lower half.
 */
#ifndef MANA_SYNC_H
#define MANA_SYNC_H

#include <stdint.h>
#include "arch/x86_64/syscall.h"
#include "futex.h"
#include "keep.h"

enum lock {
	LOCK_STOP,    /* lower-half/stop.c: a round's number against states */
	LOCK_THREADS, /* upper-half/thread.c: the list of records */
	LOCK_TABLE,   /* upper-half/thread.c: from FS to record */
	LOCK_SITES,   /* upper-half/hook.c: code that is being patched */
	LOCK_TRAMPOLINES, /* upper-half/trampoline.c */
	LOCK_VM,	  /* upper-half/vm.c */
	LOCK_SIG,	  /* upper-half/sig.c: the actions of signals */
	LOCK_KEEP,	  /* common/keep.c: the heap that hooks use */
	LOCKS
};

_Static_assert(LOCKS <= KEEP_LOCKS, "room for the locks in keep memory");

struct hold {
	uint64_t mask; /* of signals, as it was */
};

/* A lock's word: 0 free, 1 held, 2 held and waited for (Drepper, "Futexes are
 * tricky", mutex 2). */
static inline void sync_word_lock(uint32_t *w)
{
	uint32_t free = 0;
	int spins;

	for (spins = 0; spins < 100; spins++) {
		free = 0;
		if (__atomic_compare_exchange_n(
			    w, &free, 1, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
			return;
		__builtin_ia32_pause();
	}
	while (__atomic_exchange_n(w, 2, __ATOMIC_ACQUIRE))
		futex_wait(w, 2, -1);
}

static inline void sync_word_unlock(uint32_t *w)
{
	if (__atomic_exchange_n(w, 0, __ATOMIC_RELEASE) == 2)
		futex_wake(w, 1);
}

static inline void sync_mask(struct hold *h)
{
	uint64_t all = ~0UL;

	raw_syscall4(SYS_rt_sigprocmask, 0, (long)&all, (long)&h->mask, 8);
}

static inline void sync_unmask(const struct hold *h)
{
	raw_syscall4(SYS_rt_sigprocmask, 2, (long)&h->mask, 0, 8);
}

static inline void sync_lock(enum lock l, struct hold *h)
{
	sync_mask(h);
	sync_word_lock(KEEP_ROOT->locks + l);
}

static inline void sync_unlock(enum lock l, struct hold *h)
{
	sync_word_unlock(KEEP_ROOT->locks + l);
	sync_unmask(h);
}

#endif
