/* SPDX-License-Identifier: MIT */
/* survey.h - all generations of a checkpoint directory, looked at one by one
 *
 * For users who ask what there is, or want less of it. A coordinator needs only
 * the newest numbers (generation.h): to look at each image's size takes a while
 * in a large job.
 */
#ifndef MANA_SURVEY_H
#define MANA_SURVEY_H

#include <jansson.h>
#include "ckptdir.h"

enum survey_state {
	SURVEY_INCOMPLETE, /* it has no manifest */
	SURVEY_COMPLETE,   /* and its images are there, of the right sizes */
	SURVEY_UNUSABLE,   /* it has a manifest, but why says what is wrong */
};

struct survey_generation {
	uint64_t number;
	enum survey_state state;
	uint32_t ranks; /* incomplete: how many images there are */
	uint64_t bytes; /* of the images */
	int64_t time;	/* s, as of time(2): of the commit, else last change */
	char id[WIRE_ID]; /* the job's; "" when not known */
	char program[WIRE_PATH];
	char *why; /* NULL, or a sentence */
};

struct survey {
	struct survey_generation *v; /* newest first */
	size_t n;
	uint64_t latest;  /* where DIR/latest leads to; 0: nowhere */
	char id[WIRE_ID]; /* of the job that used DIR last; "" not known */
};

/* dir: the open directory, shown: its name. 0 or -errno; for survey_fini. */
int survey_read(struct survey *s, int dir, const char *shown);
void survey_fini(struct survey *s);

/* "incomplete", "complete", "unusable" */
const char *survey_state_name(enum survey_state state);

struct survey_prune {
	unsigned int keep; /* complete ones, the newest; at least 1 */
	const char *id;	   /* of the job that runs; NULL: none does */
	uint64_t busy;	   /* is being written now; 0: none is */
};

/*
 * Removes complete generations but the newest ones, whichever job's they are,
 * and incomplete ones. What is unusable is left, since somebody may be able to
 * mend it, and the newest complete one of the job that runs, or of the one that
 * ran last, is kept. Returns {"removed": [NUMBER ...], "kept": [NUMBER ...],
 * "left": [{"generation": NUMBER, "why": TEXT} ...], "failed": [the same]};
 * NULL: out of memory.
 */
json_t *survey_prune(const struct survey *s, int dir,
		     const struct survey_prune *how);

#endif
