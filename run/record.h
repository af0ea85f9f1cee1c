/* SPDX-License-Identifier: MIT */
/* record.h - DIR/run.json: what mana_run knows of the job in DIR
 *
 * Which line it is, and how far it has come. Which generations there are only
 * their manifests say.
 */
#ifndef MANA_RECORD_H
#define MANA_RECORD_H

#include <stdint.h>
#include <jansson.h>
#include "../common/manifest.h"

#define RECORD_FILE  "run.json"
#define RECORD_COSTS 3

enum record_state {
	RECORD_NONE,	/* there is no record */
	RECORD_RUNNING, /* or it was, when the machine failed */
	RECORD_LATER,	/* stopped to go on */
	RECORD_ENDED,	/* with an exit code that is not 0 */
	RECORD_DONE,	/* ended well: the next one starts anew */
};

struct record {
	enum record_state state;
	json_t *line;	       /* the user's words */
	char id[WIRE_ID];      /* the job's; "": it has no generation yet */
	uint64_t base;	       /* generations up to here are of earlier jobs */
	uint64_t generation;   /* newest that is known */
	uint64_t requeued_at;  /* newest when it was requeued last; 0: never */
	unsigned int attempts; /* launches and restarts */
	int code;	       /* exit code of the last */
	double seconds[RECORD_COSTS]; /* what the last checkpoints took */
	unsigned int n_seconds;	      /* how many were seen in all */
	double stopped; /* how long the job stood still for the last one */
};

/* 0 (state RECORD_NONE: there is no such file), or -errno and why. */
int record_read(int dir, const char *shown, struct record *r,
		struct reason *why);
/* 0 or -errno. */
int record_write(int dir, const struct record *r);
void record_fini(struct record *r);
/* A job that begins, whose line has n words. 0 or -ENOMEM. */
int record_begin(struct record *r, char *const *words, int n, uint64_t base);
/* 1: the line is this one. */
int record_is_line(const struct record *r, char *const *words, int n);
/* The line as text, for free(3). */
char *record_line(const struct record *r);

/* A generation of the job was found. 1: it is a new one. */
int record_take(struct record *r, const struct manifest *m);
/* The longest of the last checkpoints; < 0: there was none. */
double record_longest(const struct record *r);
/*
 * Before a requeue. ran: seconds that the program has had in this attempt. 0,
 * or -EDEADLK: it would go round in circles.
 */
int record_requeue(struct record *r, double ran);

#endif
