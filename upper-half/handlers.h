/* SPDX-License-Identifier: MIT */
/* handlers.h - signal handlers on top of lower code, and those that leave it
 *
 * While such a handler runs, its thread cannot be saved. One that returns says
 * so. One that leaves by siglongjmp does not, and abandons what it interrupted:
 * a hook can be abandoned (it holds locks only while signals are blocked), a
 * call of MPI cannot.
 *
 * depth counts what of the lower half the thread is in, hooks the part that is
 * hooks: always changed together, by one instruction, so that a handler finds
 * how many crossings there are: depth - hooks. Freestanding.
 */
#ifndef MANA_HANDLERS_H
#define MANA_HANDLERS_H

#include <ucontext.h>
#include "thread.h"

/* How far below a handler's ucontext_t its thread is kept: struct sig_call,
 * sig.c. */
#define HANDLER_KEPT 56

/* The thread enters n hooks, or leaves -n. */
static inline void handlers_hooks(struct thread *t, int n)
{
	__asm__ volatile("addq %1, %0"
			 : "+m"(t->deep)
			 : "r"(n * 0x100000001L)
			 : "memory");
}

/* How many calls of MPI the thread is in, callbacks in between; others may ask
 * as well. */
static inline int handlers_crossings(const struct thread *t)
{
	uint64_t deep = __atomic_load_n(&t->deep, __ATOMIC_RELAXED);

	return (int32_t)deep - (int32_t)(deep >> 32);
}

/* A handler begins on top of the lower code that uc interrupted. Returns how
 * many there were before, for handlers_end. */
int handlers_begin(struct thread *t, const ucontext_t *uc);
void handlers_end(struct thread *t, int before);
/* Forget those that have been left, as seen from where uc was interrupted. */
void handlers_settle(struct thread *t, const ucontext_t *uc);

#endif
