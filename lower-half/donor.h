/* SPDX-License-Identifier: MIT */
/* donor.h - a lower pthread for each upper thread that crosses
 *
 * An upper thread borrows the FS of a donor, a lower pthread, while it runs
 * lower code: a complete TCB made by the lower libc itself, no internals
 * touched.
 */
#ifndef MANA_DONOR_H
#define MANA_DONOR_H

#include "../common/gate.h"

/*
 * Makes a detached lower thread; stack 0 gives it one of the usual size.
 * Signals are blocked in it, so that the kernel gives the application's to the
 * application's threads. 0 or -errno.
 */
int donor_thread(void *(*fn)(void *), void *arg, size_t stack);
/* Start the nursery, which makes donors on request. 0 or -errno. */
int donor_start(void);
/* Give t a donor now; called in lower code. 0 or -errno. */
int donor_make(struct thread *t);
/* Gate entry: record of the calling upper thread, lower_fs set (upper FS). */
struct thread *donor_attach(void);
/* t will not cross again, so its donor ends. Freestanding. */
void donor_release(struct thread *t);
/* The calling lower thread stands for t (lower_self). */
void donor_serve(struct thread *t);
/* The kernel must not write the lower libc's rseq area of this thread, which
 * serves other kernel threads: unregister it. */
void donor_forget_rseq(void);

#endif
