/* SPDX-License-Identifier: MIT */
/* ckptdir.h - what lies in a checkpoint directory, by name
 *
 *     DIR/job			    the job that used DIR last
 *     DIR/<number>/job		    whose generation this is
 *     DIR/<number>/rank-<N>.mana   images (of large jobs: image_name.h)
 *     DIR/<number>/manifest.json   written last: the generation exists
 *     DIR/latest		    link to the newest
 *     DIR/ended		    what the last job ended by, if not well
 *     DIR/run.json		    mana_run's (run/record.h)
 */
#ifndef MANA_CKPTDIR_H
#define MANA_CKPTDIR_H

#include <stddef.h>
#include <stdint.h>
#include "reason.h"
#include "wire.h"

#define GENERATION_MAX 999999999999999LL /* 15 digits */
#define MANIFEST_FILE  "manifest.json"
#define JOB_FILE       "job"
#define END_FILE       "ended"

/* The generation whose directory has this name; 0: it is no generation's. */
uint64_t generation_number(const char *name);

/*
 * A job has an id from its launch on, through all restarts. A generation's mark
 * has the id of its round too, by which ranks know that the path has led them
 * to the directory that the coordinator made for them.
 */
struct job_mark {
	char id[WIRE_ID];
	char round[WIRE_ID]; /* "" in DIR/job */
	char program[WIRE_PATH];
};

/* 32 random hexadecimal digits. 0 or -errno. */
int job_id(char out[WIRE_ID]);
/* Reads the mark of an open directory: 0, or -errno and why; -ENOENT: it has
 * none. */
int job_mark_read(int dir, const char *shown, struct job_mark *m,
		  struct reason *why);
/* 0 or -errno. durable: as jfile_save. */
int job_mark_write(int dir, const struct job_mark *m, int durable);

/* What was the first sign that a job would not end well. */
struct job_end {
	char id[WIRE_ID]; /* the job's */
	uint32_t rank;
	int lost; /* the rank was killed, or its host: it did not say that it
		   * ends */
	int code; /* else: the exit code it ended with */
};

/* 0, or -errno and why; -ENOENT: nothing is known. */
int job_end_read(int dir, const char *shown, struct job_end *e,
		 struct reason *why);
/* 0 or -errno. */
int job_end_write(int dir, const struct job_end *e);

#endif
