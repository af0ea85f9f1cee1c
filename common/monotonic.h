/* SPDX-License-Identifier: MIT */
/* monotonic.h - the time, for limits and intervals
 *
 * With libc; upper code asks by syscall_now (upper-half/syscall_resume.h).
 */
#ifndef MANA_MONOTONIC_H
#define MANA_MONOTONIC_H

#include <stdint.h>
#include <time.h>

static inline uint64_t monotonic_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static inline int64_t monotonic_ms(void)
{
	return (int64_t)(monotonic_us() / 1000);
}

#endif
