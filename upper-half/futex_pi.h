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

/* For futex(2) after a restart, as hook_dispatch and hook_after. */
long futex_pi_call(struct hook_regs *r, struct thread *t);
long futex_pi_after(struct hook_result *now, const struct hook_regs *k,
		    struct thread *t);
/* Thread t ends: the futexes on its robust list that it holds are marked as
 * without an owner (Documentation/locking/robust-futexes.rst). arg is for
 * thread_each. */
int futex_robust_end(struct thread *t, void *arg);

#endif
