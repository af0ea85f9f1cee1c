/* SPDX-License-Identifier: MIT */
/* pending.h - signals that wait because they are blocked
 *
 * They are saved with all that was sent along (value, code, sender), and as
 * often as they were queued. Freestanding.
 */
#ifndef MANA_PENDING_H
#define MANA_PENDING_H

#include "thread.h"

/* Forget what was noted for the thread. */
void pending_forget(struct thread *t);
/*
 * Called by a stopped thread with all signals blocked. Notes the signals that
 * wait for it (bits of t->pending), and those that wait for the process (bits
 * of shared). They are taken from the kernel's queue for that, and put back at
 * once.
 */
void pending_collect(struct thread *t, uint64_t shared);
/* For thread_each: arg is an int, the id of a POSIX timer; 1: its signal is
 * among those that were noted. */
int pending_has_timer(struct thread *t, void *arg);
/* Called by the thread after a restart, with all signals blocked: what was
 * noted is sent again. shared is as above. */
void pending_raise(struct thread *t, uint64_t shared);

#endif
