/* SPDX-License-Identifier: MIT */
/* unwind.h - from a sample of a thread (sample.h) up its stack
 *
 * Exact, unlike a search of the stack for what looks like a return address,
 * which finds those of calls that are over. libunwind is not used, since it
 * would stand in for libgcc's functions of exceptions in all of the lower
 * half; libdw reads files, which a restarted program's libraries may not have.
 */
#ifndef MANA_UNWIND_H
#define MANA_UNWIND_H

#include "module.h"
#include "sample.h"

struct unwind {
	const struct sample *s;
	uint64_t reg[SAMPLE_REGS];
	int exact;	 /* 1: at an instruction, 0: after a call */
	struct module m; /* what it is in */
};

/* At where the sample was taken. */
void unwind_begin(struct unwind *u, const struct sample *s);
/* An address in the call, or instruction, that the frame is at. */
uint64_t unwind_pc(const struct unwind *u);
/* On to the caller. 0 or -errno: there is none, or nobody says where. */
int unwind_step(struct unwind *u);

#endif
