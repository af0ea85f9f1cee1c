/* SPDX-License-Identifier: MIT */
/* birth.h - threads and processes that the application makes
 *
 * Hooks of fork, vfork, clone and clone3. They make a record for the newborn
 * thread before it exists; birth_made finishes it. Freestanding.
 */
#ifndef MANA_BIRTH_H
#define MANA_BIRTH_H

#include "hook.h"

long birth_clone(struct hook_regs *r, struct thread *t);
long birth_clone3(struct hook_regs *r, struct thread *t);
long birth_fork(struct hook_regs *r, struct thread *t);
long birth_vfork(struct hook_regs *r, struct thread *t);

/* Values of a thread's vforked: its child runs on a stack of its own, or on
 * ours. */
enum { BIRTH_OTHER_STACK = 1, BIRTH_OUR_STACK = 2 };
/* After vfork(2), in the parent. */
long birth_vforked(struct thread *t, long result);
/* After any other call k, in the newborn and in its maker. Returns what the
 * call is to return. */
long birth_made(const struct hook_regs *k, struct thread *t, long result);

/* How many threads live that use their maker's TLS. They cannot be told from
 * the maker, and are in the way of checkpoints. birth_untold_exit: one whose
 * maker is t ends. */
int birth_untold(void);
void birth_untold_exit(struct thread *t);

#endif
