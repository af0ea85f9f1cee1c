/* SPDX-License-Identifier: MIT */
/* process_attr.h - what the kernel keeps for the process as a whole */
#ifndef MANA_PROCESS_ATTR_H
#define MANA_PROCESS_ATTR_H

#include "../common/attributes.h"

/* Of this process, as it is now. */
void process_attr_read(struct process_attr *a);
/* Take on what differs from given, which is what a launcher had given; from now
 * on that is what the new one gave, but for what differs. What cannot be had is
 * named on stderr. */
void process_attr_restore(const struct process_attr *a,
			  struct process_attr *given);

#endif
