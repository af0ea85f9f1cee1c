/* SPDX-License-Identifier: MIT */
/* batch_row.h - a row of the table of batch systems, for batch.c, requeue.c and
 * nodes.c alone
 */
#ifndef MANA_BATCH_ROW_H
#define MANA_BATCH_ROW_H

#include "batch.h"

/* Names of variables but where it says otherwise; in commands %s is the job.
 * NULL: there is none. */
struct batch {
	const char *name;
	const char *job;
	const char *array, *task; /* of a job in an array */
	const char *element;	  /* how commands call it: of array and task */
	int from_one;		  /* task 0 is none */
	const char *node;	  /* set where the job's processes run */
	const char *end;	  /* when it ends: seconds since 1970 */
	const char *limit;	  /* how long it may run: batch_duration() */
	const char *left;	  /* command: prints how long it still has */
	double unit;		  /* of a plain number or MM:SS in that */
	/* Command that ends this try and has the job begin again. */
	const char *requeue;
	/* Command that tells of the job, as scontrol does: whether it may, and
	 * the field that says since when its nodes are being taken away. */
	const char *tell, *preempted;
	/* Commands that tell which nodes it has (nodes_take), and that fail
	 * unless all of them start a process. */
	const char *nodes, *probe;
	const char *count[2], *list[2]; /* of its nodes */
	const char *share;		/* how many ranks go where */
	const char *stale[2]; /* of no truth any more with fewer nodes */
	/* Set: CPUs that a step with a lost node still has, for the system,
	 * are taken. */
	const char *overlap;
	const char *rank_cpus[2]; /* how many CPUs a rank is to have */
};

/* NULL: there is no such variable, or it is empty. */
const char *batch_value(const char *name);
/* What a command about the job prints first. 0; -EINTR: a signal ended it; or
 * another -errno. */
int batch_ask(const struct batch *b, const char *what, char *out, size_t len);

#endif
