/* SPDX-License-Identifier: MIT */
/* bound.h - callbacks with a word of the application's: MPIX_..._x of MPICH 5
 *
 * Its Fortran and C++ libraries make all their ops and error handlers so. The
 * back knows one address of each callback: here that of a record, with a bit
 * that no address of a function has.
 */
#ifndef MANA_FRONT_BOUND_H
#define MANA_FRONT_BOUND_H

#include <stdint.h>

#define BOUND_BIT (1UL << 62)

struct bound {
	void *fn, *extra;
};

/* The record that fn is the address of; NULL when it is a function. */
static inline const struct bound *bound_of(const void *fn)
{
	uintptr_t p = (uintptr_t)fn;

	return p & BOUND_BIT ? (const struct bound *)(p & ~BOUND_BIT) : 0;
}

#endif
