/* SPDX-License-Identifier: MIT */
/* task_status.h - what /proc says of a thread of this process */
#ifndef MANA_TASK_STATUS_H
#define MANA_TASK_STATUS_H

#include <stdint.h>
#include "../common/attributes.h"

struct task_status {
	uint64_t pending, process_pending; /* signals, bit sig-1 */
	int seccomp;			   /* SECCOMP_MODE_* */
	struct creds *creds; /* malloc'ed; securebits and apply are 0 */
};

/* Reads that of thread tid. 0 or -errno: -ESRCH when there is none. */
int task_status_read(int tid, struct task_status *s);
void task_status_free(struct task_status *s);

#endif
