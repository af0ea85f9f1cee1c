/* SPDX-License-Identifier: MIT */
/* syscall_resume.h - system calls that the stop signal interrupted
 *
 * Some return EINTR although SA_RESTART is set (signal(7)): they are made
 * again, timed ones with the time that is left. Freestanding.
 */
#ifndef MANA_SYSCALL_RESUME_H
#define MANA_SYSCALL_RESUME_H

#include <sys/ucontext.h>
#include <stdint.h>
#include "hook.h"

/* Monotonic nanoseconds, through the gate. */
uint64_t syscall_now(void);
/* Hook: remember when a timed wait began and for how long. */
hook_fn syscall_note;
/* 1: g is right after a trampoline's call that we can make again. */
int syscall_resumes(const struct thread *t, const greg_t *g);
/* If g shows such an interrupted call, set it up to be made again. */
void syscall_resume(struct thread *t, greg_t *g);
/* Called before g goes on: a signal that the application handles, and that came
 * while the thread stood still, ends the wait that g is in, as it would have
 * then. mask is the set of signals that g blocks. */
void syscall_interrupt(const struct thread *t, greg_t *g, uint64_t mask);
/* A handler of the application, set with these flags, begins on top of g. */
void syscall_signalled(const struct thread *t, greg_t *g, uint64_t flags);

#endif
