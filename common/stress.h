/* SPDX-License-Identifier: MIT */
/* stress.h - places where a test build waits a little (make STRESS=1)
 *
 * STRESS_POINT() stands where another thread, a signal, a fork or the agent
 * could come in between: between a look and what is done by it, before and
 * after what is told to others. STRESS_CHANCE(n) is 1 once in n times, for what
 * is done seldom otherwise. Nothing is left of either in a normal build.
 * Freestanding.
 */
#ifndef MANA_STRESS_H
#define MANA_STRESS_H

#ifdef MANA_STRESS
#include <stdint.h>
#include "arch/x86_64/syscall.h"

/* Mostly nothing; else the processor is given up, kept busy, or left for up to
 * 200 microseconds. */
static inline void stress_point(void)
{
	static uint32_t state;
	uint32_t x = state + (uint32_t)__builtin_ia32_rdtsc();
	volatile uint32_t spin;
	long ts[2] = { 0, 0 };

	x = (x ^ x >> 15) * 0x2c1b3c6dU;
	x = (x ^ x >> 12) * 0x297a2d39U;
	state = x;
	switch (x >> 27) {
	case 0:
		ts[1] = 1 + x % 200000;
		raw_syscall2(SYS_nanosleep, (long)ts, 0);
		break;
	case 1:
	case 2:
		raw_syscall0(SYS_sched_yield);
		break;
	case 3:
	case 4:
	case 5:
		for (spin = x % 2000; spin; spin--)
			;
	}
}
#define STRESS_POINT()	 stress_point()
#define STRESS_CHANCE(n) (__builtin_ia32_rdtsc() / 64 % (n) == 0)
#else
#define STRESS_POINT()	 ((void)0)
#define STRESS_CHANCE(n) 0
#endif

#endif
