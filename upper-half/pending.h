/* SPDX-License-Identifier: MIT */
/* pending.h - signals that wait because they are blocked
 *
 * With all that was sent along: value, code, sender; and as often as they were
 * queued. Freestanding.
 */
#ifndef MANA_PENDING_H
#define MANA_PENDING_H

#include "thread.h"

/* Nothing is noted. */
void pending_forget(struct thread *t);
/*
 * By a stopped thread, all signals blocked: note what waits for it, bits of
 * t->pending, and with shared (bits too) for the process. What is taken from
 * the kernel's queue for that is put back at once.
 */
void pending_collect(struct thread *t, uint64_t shared);
/* For thread_each: arg is an int, the id of a POSIX timer; 1: its signal is
 * among those that were noted. */
int pending_has_timer(struct thread *t, void *arg);
/* By the thread in its next life, all signals blocked: what was noted is sent
 * again. shared: as above. */
void pending_raise(struct thread *t, uint64_t shared);

#endif
