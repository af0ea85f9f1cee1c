/* SPDX-License-Identifier: MIT */
/* clone.h - threads and processes that the application makes
 *
 * Hooks of fork, vfork, clone and clone3. They make a record for the newborn
 * thread before it exists; clone_made finishes it. Freestanding.
 */
#ifndef MANA_CLONE_H
#define MANA_CLONE_H

#include "hook.h"

hook_fn clone_call, clone_call3, clone_fork, clone_vfork;

/* Values of a thread's vforked: its child runs on a stack of its own, or on
 * ours. */
enum { VFORK_OTHER_STACK = 1, VFORK_OUR_STACK = 2 };
/* After vfork(2), in the parent. */
long clone_vforked(struct thread *t, long result);
/* After any other call k, in the newborn and in its maker. Returns what the
 * call is to return. */
long clone_made(const struct hook_regs *k, struct thread *t, long result);

/* How many threads live that use their maker's TLS. They cannot be told from
 * the maker, and are in the way of checkpoints. clone_sharer_exit: one whose
 * maker is t ends. */
int clone_sharers(void);
void clone_sharer_exit(struct thread *t);

#endif
