/* SPDX-License-Identifier: MIT */
/* job.h - the line started, and started again, until it is over */
#ifndef MANA_RUN_JOB_H
#define MANA_RUN_JOB_H

#include "decide.h"
#include "line.h"
#include "supervise.h"

struct run_job {
	const struct line *line;
	struct supervisor s;
	enum decision how;    /* the next start */
	struct manifest from; /* DECIDE_GO_ON: that generation's */
	int left;	      /* restarts without progress, still */
	int again;	      /* the last try was one of these, or is */
	int nobody;	      /* no rank has come in it */
	int64_t began;	      /* ms: when the first try did */
	struct nodes nodes;   /* those that are left; count 0: no fewer */
};

/* The words of the next start, for free(3). What they point to lasts as long as
 * the job. NULL: no memory. */
char **job_words(struct run_job *j);
/* Runs it. Returns the exit code. */
int job_run(struct run_job *j);

#endif
