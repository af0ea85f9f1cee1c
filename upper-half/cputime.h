/* SPDX-License-Identifier: MIT */
/* cputime.h - CPU time that goes on over a restart
 *
 * The kernel counts a new process and new threads from 0; what the old ones had
 * used is added to what it says. Freestanding.
 */
#ifndef MANA_CPUTIME_H
#define MANA_CPUTIME_H

#include "hook.h"

/* Note the kernel's count of the calling thread, or of the process. */
void cputime_save(struct thread *t);
void cputime_save_process(void);
/* Called after a restart by the thread itself, which goes on counting from what
 * was saved. */
void cputime_resume(struct thread *t);
void cputime_resume_process(void);
/* A clock's number as the kernel knows it. */
int cputime_clock(int clock);
int cputime_clock_virtual(int clock); /* the other way round */
/* Hook: clock_gettime of CPU clocks, getrusage, times. */
hook_fn cputime_call;

#endif
