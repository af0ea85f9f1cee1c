/* SPDX-License-Identifier: MIT */
/* sample.h - what a thread of the upper half is at: its registers and stack
 *
 * The stop signal serves: a thread that is in an MPI call when it comes leaves
 * a copy of both and goes on. One sample at a time, by the agent alone.
 */
#ifndef MANA_SAMPLE_H
#define MANA_SAMPLE_H

#include <stddef.h>
#include <stdint.h>
#include <ucontext.h>
#include "../common/gate.h"

#define SAMPLE_STACK (64UL << 10)

/* Registers as DWARF numbers them (psABI of x86-64, figure 3.36). */
enum sample_reg { SAMPLE_SP = 7, SAMPLE_PC = 16, SAMPLE_REGS };

struct sample {
	uint64_t reg[SAMPLE_REGS];
	size_t n; /* bytes of the stack, from the stack pointer on */
	unsigned char stack[SAMPLE_STACK];
};

enum sample_result {
	SAMPLE_GONE,  /* it has ended, or stands still, or does not answer */
	SAMPLE_UPPER, /* it is in no call of MPI */
	SAMPLE_TAKEN,
};

/* Ask the thread with the kernel's id tid; waits 20 ms at most. A sample holds
 * until the next one is asked for. */
enum sample_result sample_thread(int tid, const struct sample **s);

/* Of the calling thread, where a signal found it. Freestanding. */
void sample_fill(struct sample *s, const ucontext_t *uc);
/* In the handler of the stop signal, by thread t. Freestanding. */
void sample_take(struct thread *t, const ucontext_t *uc);

#endif
