/* SPDX-License-Identifier: MIT */
/* park.h - a lower pthread for each upper thread that crosses
 *
 * An upper thread borrows the FS of a parked lower pthread while it runs lower
 * code: a complete TCB made by the lower libc itself, no internals touched.
 */
#ifndef MANA_PARK_H
#define MANA_PARK_H

#include "../common/gate.h"

/*
 * Makes a detached lower thread; stack 0 gives it one of the usual size.
 * Signals are blocked in it, so that the kernel gives the application's to the
 * application's threads. 0 or -errno.
 */
int park_thread(void *(*fn)(void *), void *arg, size_t stack);
/* Start the nursery, which makes parked threads on request. 0 or -errno. */
int park_start(void);
/* Give t a parked thread now; called in lower code. 0 or -errno. */
int park_make(struct thread *t);
/* Gate entry: record of the calling upper thread, lower_fs set (upper FS). */
struct thread *park_attach(void);
/* t will not cross again, so its parked thread ends. Freestanding. */
void park_release(struct thread *t);
/* The calling lower thread stands for t (half_self). */
void park_adopt(struct thread *t);
/* The kernel must not write the lower libc's rseq area of this thread, which
 * serves other kernel threads: unregister it. */
void park_forget_rseq(void);

#endif
