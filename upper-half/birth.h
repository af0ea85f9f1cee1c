/* SPDX-License-Identifier: MIT */
/* birth.h - threads and processes that the application makes
 *
 * Hooks of clone, clone3 and vfork: a record for the newborn thread before it
 * exists. hook_cloned (hook.h) finishes it. Freestanding.
 */
#ifndef MANA_BIRTH_H
#define MANA_BIRTH_H

#include "hook.h"

long birth_clone(struct hook_regs *r, struct thread *t);
long birth_clone3(struct hook_regs *r, struct thread *t);
long birth_vfork(struct hook_regs *r, struct thread *t);

/* How many threads live that have their maker's TLS: they cannot be told from
 * it, and are in the way of checkpoints. One of them ends. */
int birth_untold(void);
void birth_untold_exit(void);

#endif
