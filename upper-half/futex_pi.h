/* SPDX-License-Identifier: MIT */
/* futex_pi.h - priority-inheritance and robust futexes after a restart
 *
 * Their words hold the owner's id, which the C library writes from memory: the
 * one it knew before the restart. The kernel would look for a thread of that
 * id. Freestanding.
 */
#ifndef MANA_FUTEX_PI_H
#define MANA_FUTEX_PI_H

#include "hook.h"

/* As hook_dispatch and hook_after, of futex(2), after a restart. */
long futex_pi_call(struct hook_regs *r, struct thread *t);
long futex_pi_after(struct hook_result *now, const struct hook_regs *k,
		    struct thread *t);
/* Thread t ends: what it holds of its robust list has lost its owner
 * (Documentation/locking/robust-futexes.rst). arg is for thread_each. */
int futex_robust_end(struct thread *t, void *arg);

#endif
