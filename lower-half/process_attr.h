/* SPDX-License-Identifier: MIT */
/* process_attr.h - what the kernel keeps for the process as a whole */
#ifndef MANA_PROCESS_ATTR_H
#define MANA_PROCESS_ATTR_H

#include "../common/attributes.h"

/* Reads those of this process as they are now. */
void process_attr_read(struct process_attr *a);
/* Sets what differs in a from given, which is what the launcher had given at
 * the checkpoint. All else stays as the new launcher gave it, and counts as
 * given from now on. What cannot be set is named on stderr. */
void process_attr_restore(const struct process_attr *a,
			  struct process_attr *given);

#endif
