/* SPDX-License-Identifier: MIT */
/* supervise.h - one start of the line, watched to its end
 *
 * Nothing is done but on a signal, an answer, or when a time has come: between
 * these mana_run sleeps, and the job needs nothing of it.
 */
#ifndef MANA_SUPERVISE_H
#define MANA_SUPERVISE_H

#include "../client/progress.h"
#include "batch.h"
#include "options.h"
#include "record.h"
#include "request.h"
#include "signals.h"
#include "step.h"

enum run_state {
	RUN_RUNNING,
	RUN_SAVING, /* a checkpoint was asked for */
	RUN_ENDING, /* the line was told to end */
};

struct supervisor {
	const struct run_options *o;
	const struct batch *batch; /* NULL: none */
	const char *dir;	   /* absolute */
	int fd;			   /* the directory */
	int by_term;		   /* family_ends_by_term */
	struct record record;
	unsigned int interval; /* of -i, or as chosen; 0: none */
	double total;	       /* s that it had when it began; < 0: no end */
	int64_t end;	       /* ms: when that is over; 0: never */

	struct signals signals;
	struct step step;
	struct request request;
	enum run_state state;
	int number;	/* the signal it stops for; 0: the end of time */
	int unanswered; /* a checkpoint took too long to be waited for */
	int saved;	/* the checkpoint for that is committed */
	int over;	/* there was no last checkpoint, and no time for one */
	int at_once;	/* it ends without one, as it was told to */
	double ran;	/* s from the start to the last checkpoint */
	int64_t look;	/* ms: when to look for new generations; 0: never */
	int64_t last;	/* ms: when to take the last one; 0: never */
	int64_t early;	/* ms: when to try that of a SIGUSR1 again; 0: never */
	int64_t limit;	/* ms: of the state; 0: none */
	int pushed;	/* how hard the line was told to end */
	int said;	/* the line is not ending: said so */

	/* A restart, shown on a terminal. */
	struct client_options where;
	struct progress progress;
	int64_t show; /* ms: when to show it; 0: not */
	int shown;    /* it is on the terminal */
};

/* Runs argv to its end; shown: it is a restart for a person at a terminal to
 * see. 0 or -errno. */
int supervise(struct supervisor *s, char *const *argv, int shown);
/* Writes the record; should that fail, one line says so. */
void supervise_write(struct supervisor *s);
/* Reads which generation is the newest; 1: it is a new one. *m, which may be
 * NULL, is for manifest_fini. */
int supervise_newest(struct supervisor *s, struct manifest *m);

#endif
