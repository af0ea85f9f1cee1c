/* SPDX-License-Identifier: MIT */
/* task_attr.h - what the kernel keeps for each thread beside its registers
 *
 * sched(7), prctl(2), set_mempolicy(2), personality(2). Only a thread itself
 * can ask for most of it: the stop handler does. Freestanding.
 */
#ifndef MANA_TASK_ATTR_H
#define MANA_TASK_ATTR_H

#include "../common/attributes.h"

/* Reads those of the calling thread. */
void task_attr_save(struct task_attr *a);
/* The calling thread takes on what differs in a from given, which the launcher
 * had given at the checkpoint: the rest is as the new launcher has it. NULL, or
 * the name of something that the kernel did not allow. */
const char *task_attr_restore(const struct task_attr *a,
			      const struct task_attr *given);
/* Makes given what counts as given from now on: what the new launcher gave
 * (here), except where a differs from given. */
void task_attr_give(struct task_attr *given, const struct task_attr *a,
		    const struct task_attr *here);

#endif
