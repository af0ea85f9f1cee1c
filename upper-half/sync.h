/* SPDX-License-Identifier: MIT */
/* sync.h - a lock for hooks: freestanding, and closed to signal handlers
 *
 * A handler of the application that ran while its own thread held the lock
 * could wait for itself for ever, so signals are blocked meanwhile.
 */
#ifndef MANA_SYNC_H
#define MANA_SYNC_H

#include <stdint.h>
#include "../common/arch/x86_64/syscall.h"

struct hold {
	uint64_t mask;
};

static inline void sync_lock(uint32_t *lock, struct hold *h)
{
	uint64_t all = ~0UL;

	raw_syscall4(SYS_rt_sigprocmask, 0, (long)&all, (long)&h->mask, 8);
	while (__atomic_exchange_n(lock, 1, __ATOMIC_ACQUIRE))
		raw_syscall0(SYS_sched_yield);
}

static inline void sync_unlock(uint32_t *lock, struct hold *h)
{
	__atomic_store_n(lock, 0, __ATOMIC_RELEASE);
	raw_syscall4(SYS_rt_sigprocmask, 2, (long)&h->mask, 0, 8);
}

#endif
