/* SPDX-License-Identifier: MIT */
/* context.h - where a saved thread stands: its registers (x86_64) */
#ifndef MANA_CONTEXT_H
#define MANA_CONTEXT_H

#include <sys/user.h>
#include "process.h"

#define CONTEXT_FXSAVE 512
#define CONTEXT_XSAVE  832 /* with AVX */

struct context {
	struct user_regs_struct regs;
	uint64_t sigmask;
	/* The vector registers: as XSAVE has them, or FXSAVE alone. */
	size_t vector_len;
	uint8_t vector[CONTEXT_XSAVE];
};

/*
 * As the program sees them: a thread that was stopped in a trampoline stands
 * behind the system call that the trampoline makes for it, for which there is
 * unwind information. 0; -ESRCH: the thread has none (it was ending); or
 * another -errno.
 */
int context_read(const struct process *p, const struct thread *t,
		 struct context *c);

#endif
