/* SPDX-License-Identifier: MIT */
/* round.h - one checkpoint of all ranks, from the request to the commit
 *
 * A state machine without sockets and without a clock of its own: messages and
 * the time (ms, any origin) go in, messages and the outcome come out through
 * the ops. Stages and their messages: docs/protocol.md.
 */
#ifndef MANA_ROUND_H
#define MANA_ROUND_H

#include <stdint.h>
#include "../common/wire.h"
#include "clockset.h"

#define ROUND_RAISE_MS 20   /* raise targets if nothing changes for so long */
#define ROUND_LATE_MS  200  /* and if others are never quiet, after so long */
#define ROUND_BEAT_MS  5000 /* between two signs of life to the ranks */

enum round_stage {
	STAGE_IDLE,
	STAGE_CLOCK,  /* ranks report their collective clocks */
	STAGE_TARGET, /* ranks run on until nobody is inside a collective */
	STAGE_STOP,   /* threads stop */
	STAGE_DRAIN,  /* messages in flight are received */
	STAGE_WRITE,  /* images are written */
	STAGES
};

struct round;

struct round_ops {
	void (*send)(void *arg, uint32_t rank, enum wire_type type,
		     const void *msg);
	void (*send_all)(void *arg, enum wire_type type, const void *msg);
	/* All images are written: make the generation exist. 0 or -errno. */
	int (*commit)(void *arg, struct round *r, char *err, size_t errlen);
	/* It is over; failed: why, NULL when committed. Stage is IDLE. */
	void (*over)(void *arg, struct round *r, const char *failed);
	/* The host of a rank, for sentences; NULL, or "": not known. */
	const char *(*host)(void *arg, uint32_t rank);
};

struct round_rank {
	int done;   /* with this stage */
	char *call; /* what it said its threads are in; NULL: nothing yet */
	uint32_t took[STAGES]; /* ms: from a stage's beginning until done */
	uint32_t *clocks; /* those it has reported, as clockset_report says;
			   * until targets are sent */
	uint32_t n_clocks;
	struct wire_state state;
	struct wire_clock *parked;
	struct wire_progress progress;
	struct wire_written written;
};

struct round {
	enum round_stage stage;
	uint32_t size;
	struct round_rank *ranks;
	/* Of all ranks: not done; in TARGET also: parked, held up (targets.c),
	 * have answered the newest targets. */
	uint32_t busy, parked, held, current;
	uint32_t first;		      /* all ranks before this one are done */
	struct wire_progress written; /* the sum of the ranks' */
	uint64_t generation;
	char dir[WIRE_PATH];
	uint32_t epoch;
	uint64_t exchanges; /* of messages: the most any rank has begun */
	struct clockset clocks;
	int64_t began[STAGES];	  /* ms: when it came to each stage */
	int64_t news, stage_news; /* ms: last message that counted */
	int64_t raised;	   /* ms: when all parked ranks were last let on */
	int64_t announced; /* ms: when raised targets were sent last */
	int64_t beat; /* ms: when ranks were told last that it is still on */
	int unsent;   /* targets have been raised since; epoch counts that */
	int64_t target_ms, stage_ms; /* limits */
	const struct round_ops *ops;
	void *arg;
};

/* limits in ms. r is zeroed memory. */
void round_init(struct round *r, const struct round_ops *ops, void *arg,
		int64_t target_ms, int64_t stage_ms);
void round_fini(struct round *r);

/* Ask size ranks to write to dir, which has this mark (common/ckptdir.h). 0,
 * -EBUSY, -ENAMETOOLONG or -ENOMEM. */
int round_begin(struct round *r, uint32_t size, uint64_t generation,
		const char *dir, const char *mark, int level, int64_t now);
/* From a rank < size. Messages that do not fit the stage are dropped. */
void round_message(struct round *r, uint32_t rank, const struct wire_msg *m,
		   int64_t now);
/* No rank is done with the stage any more; for the stages. */
void round_undo(struct round *r);
/* Sends a message to all ranks; for the stages. */
void round_send_all(struct round *r, uint32_t type, const void *msg);
/* End it without a generation; idle is fine. */
void round_abort(struct round *r, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Do what is due. Returns ms until it wants to be called again, -1: never. */
int round_tick(struct round *r, int64_t now);

const char *round_stage_name(enum round_stage stage);
/* "0, 2, 5 and 3 more": the ranks for which the stage waits. Returns buf. */
char *round_waiting(const struct round *r, char *buf, size_t len);
/* 1: the stage waits for this rank. */
int round_waits_for(const struct round *r, uint32_t rank);

#endif
