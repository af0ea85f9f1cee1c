/* SPDX-License-Identifier: MIT */
/* retry.h - what comes between a crash and the next try */
#ifndef MANA_RETRY_H
#define MANA_RETRY_H

#include "job.h"

enum retry {
	RETRY_NOW,
	RETRY_STOP, /* by a signal, or at the end of the job's time */
	RETRY_FEW,  /* the nodes that are left have no room for it */
};

/* Waits some time, longer each time that nothing has come of it, and until all
 * nodes that the job still has answer. */
enum retry retry_wait(struct run_job *j);

#endif
