/* SPDX-License-Identifier: MIT */
/* batch.h - the batch system whose job this is: its end, and its next try
 *
 * batch.c has a table with one row for each: a new one is a row there. What it
 * is asked by is its own commands, each with a limit of BATCH_LIMIT seconds.
 */
#ifndef MANA_BATCH_H
#define MANA_BATCH_H

#include <stddef.h>
#include "nodes.h"

#define BATCH_LIMIT   20
#define BATCH_ID      128
#define BATCH_NEVER   (-1.0) /* of times: there is no end, or nobody knows it */
#define BATCH_ANOTHER 1	     /* batch_requeue: another job goes on */

struct batch;

/* By the environment; NULL: it is nobody's job. */
const struct batch *batch_here(void);
const char *batch_name(const struct batch *b);
/* 1: this process is on no node of the job's, as in salloc's shell. */
int batch_is_elsewhere(const struct batch *b);
/* What this job, or task of an array of jobs, has for itself in all its tries:
 * a name for a file. Returns buf. */
char *batch_id(const struct batch *b, char *buf, size_t len);
/* Seconds that the job still has. again: limits can be changed while a job
 * runs, so what it was told at its start does not count. */
double batch_left(const struct batch *b, int again);
/*
 * Which nodes the job still has: fewer than at first when it was to outlive the
 * loss of one. 0; 1: there is only one, or none can be lost; -errno.
 */
int batch_nodes(const struct batch *b, struct nodes *n);
/* How many it had when batch_use_nodes() was called last, or at its start. */
unsigned int batch_nodes_known(const struct batch *b);
/* 1: all of them start what they are told to. Some time may pass between the
 * loss of a node and the system's knowing of it. */
int batch_nodes_answer(const struct batch *b);
/* From now on launchers find these nodes in the environment, for so many
 * ranks. */
void batch_use_nodes(const struct batch *b, const struct nodes *n,
		     unsigned int ranks);
/* 1: each of so many ranks can have there the CPUs that the job was asked
 * for. */
int batch_nodes_have_room(const struct batch *b, const struct nodes *n,
			  unsigned int ranks);
/* 1: it is taking the job's nodes away, to have it run again later. */
int batch_is_preempted(const struct batch *b);
/*
 * Has the job run once more, with the same checkpoint directory. 0: it does so,
 * and ends this try; BATCH_ANOTHER: a new job does when this one has ended;
 * -errno and why.
 */
int batch_requeue(const struct batch *b, const char *ckptdir, char *err,
		  size_t errlen);

/* SECONDS, MM:SS, HH:MM:SS, D-HH, D-HH:MM or D-HH:MM:SS; BATCH_NEVER: none of
 * these. What follows a space does not count. */
double batch_duration(const char *text);
/* The value of NAME=VALUE in what scontrol says; "": it is not there. */
char *batch_field(const char *text, const char *name, char *buf, size_t len);

#endif
