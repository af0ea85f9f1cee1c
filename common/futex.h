/* SPDX-License-Identifier: MIT */
/* futex.h - sleep until another thread of the process changes a word
 *
 * Freestanding.
 */
#ifndef MANA_FUTEX_H
#define MANA_FUTEX_H

#include <limits.h>
#include <linux/futex.h>
#include <linux/time_types.h>
#include <stdint.h>
#include "arch/x86_64/syscall.h"

/* Sleeps while *w is v, for ms at most (-1: for ever). It may wake for no
 * reason: look at the word again. */
static inline void futex_wait(uint32_t *w, uint32_t v, int ms)
{
	struct __kernel_timespec t = { .tv_sec = ms / 1000,
				       .tv_nsec = ms % 1000 * 1000000L };

	raw_syscall6(SYS_futex, (long)w, FUTEX_WAIT_PRIVATE, v,
		     ms < 0 ? 0 : (long)&t, 0, 0);
}

/* Wakes at most n threads. */
static inline void futex_wake(uint32_t *w, int n)
{
	raw_syscall6(SYS_futex, (long)w, FUTEX_WAKE_PRIVATE, n, 0, 0, 0);
}

/* Wakes all that wait for gate->pending. They are fronts, which images hold,
 * and which wait for it as for a word that processes share. */
static inline void futex_wake_pending(volatile uint32_t *pending)
{
	raw_syscall6(SYS_futex, (long)pending, FUTEX_WAKE, INT_MAX, 0, 0, 0);
}

#endif
