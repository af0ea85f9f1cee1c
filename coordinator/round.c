/* SPDX-License-Identifier: MIT */
/* round.c - one checkpoint of all ranks, from the request to the commit
 *
 * Every stage waits for one message from every rank and is then left by one
 * message to all of them: the table below. Only TARGET is different: a rank
 * may take back that it is done, and targets are raised (targets.c).
 *
 * What an aborted round left on its way is told apart by the generation number
 * (never used twice): nothing of a rank counts before its CLOCK of this round.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../common/image_name.h"
#include "../common/text.h"
#include "phase.h"
#include "round.h"
#include "targets.h"

static int take_stage(struct round *r, uint32_t rank, const struct wire_msg *m);
static int take_written(struct round *r, uint32_t rank,
			const struct wire_msg *m);
static int leave_write(struct round *r);

static const struct {
	const char *name;
	uint32_t expects; /* from every rank */
	/* 1: the rank is done, 0: not (any more), -errno: abort */
	int (*take)(struct round *r, uint32_t rank, const struct wire_msg *m);
	int (*leave)(struct round *r); /* all done; 0 or -errno: aborted */
	uint32_t announce;	       /* then to every rank */
	enum round_stage next;
} stages[STAGES] = {
	[STAGE_IDLE] = { .name = "idle" },
	[STAGE_CLOCK] = { "clock", WIRE_CLOCK, targets_take_clock,
			  targets_leave_clock, 0, STAGE_TARGET },
	[STAGE_TARGET] = { "targets", WIRE_STATE, targets_take_state, NULL,
			   WIRE_STOP, STAGE_STOP },
	[STAGE_STOP] = { "stop", WIRE_STOPPED, take_stage, NULL, WIRE_DRAIN,
			 STAGE_DRAIN },
	[STAGE_DRAIN] = { "drain", WIRE_DRAINED, take_stage, NULL, WIRE_WRITE,
			  STAGE_WRITE },
	[STAGE_WRITE] = { "write", WIRE_WRITTEN, take_written, leave_write, 0,
			  STAGE_IDLE },
};

const char *round_stage_name(enum round_stage stage)
{
	return stages[stage].name;
}

void round_init(struct round *r, const struct round_ops *ops, void *arg,
		int64_t target_ms, int64_t stage_ms)
{
	memset(r, 0, sizeof(*r));
	r->ops = ops;
	r->arg = arg;
	r->target_ms = target_ms;
	r->stage_ms = stage_ms;
}

void round_fini(struct round *r)
{
	uint32_t i;

	for (i = 0; i < r->size; i++) {
		free(r->ranks[i].clocks);
		free(r->ranks[i].parked);
		free(r->ranks[i].call);
	}
	free(r->ranks);
	clockset_clear(&r->clocks);
	r->ranks = NULL;
	r->size = 0;
	r->stage = STAGE_IDLE;
}

void round_send_all(struct round *r, uint32_t type, const void *msg)
{
	r->ops->send_all(r->arg, type, msg);
}

int round_begin(struct round *r, uint32_t size, uint64_t generation,
		const char *dir, const char *mark, int level, int64_t now)
{
	struct wire_ckpt_begin b = { .generation = generation, .level = level };

	if (r->stage != STAGE_IDLE)
		return -EBUSY;
	if (strlen(dir) >= sizeof(b.dir))
		return -ENAMETOOLONG;
	round_fini(r);
	r->ranks = calloc(size, sizeof(*r->ranks));
	if (!r->ranks)
		return -ENOMEM;
	r->size = r->busy = size;
	r->parked = r->held = r->current = r->first = 0;
	r->written = (struct wire_progress){ 0 };
	r->generation = generation;
	r->epoch = 0;
	r->exchanges = 0;
	r->unsent = 0;
	r->stage = STAGE_CLOCK;
	r->began[STAGE_CLOCK] = r->news = r->stage_news = now;
	r->beat = now;
	snprintf(r->dir, sizeof(r->dir), "%s", dir);
	snprintf(b.dir, sizeof(b.dir), "%s", dir);
	snprintf(b.round, sizeof(b.round), "%s", mark);
	round_send_all(r, WIRE_CKPT_BEGIN, &b);
	return 0;
}

/* Ends the round; the ranks stay to be looked at until the next one. */
static void finish(struct round *r, const char *failed)
{
	r->stage = STAGE_IDLE;
	clockset_clear(&r->clocks);
	r->ops->over(r->arg, r, failed);
}

void round_abort(struct round *r, const char *fmt, ...)
{
	struct wire_failed f = { .generation = r->generation };
	va_list ap;

	if (r->stage == STAGE_IDLE)
		return;
	va_start(ap, fmt);
	vsnprintf(f.text, sizeof(f.text), fmt, ap);
	va_end(ap);
	round_send_all(r, WIRE_ABORT, &f);
	finish(r, f.text);
}

static int take_stage(struct round *r, uint32_t rank, const struct wire_msg *m)
{
	const struct wire_stage *s = &m->u.stage;

	if (s->generation != r->generation)
		return r->ranks[rank].done;
	if (s->exchanges > r->exchanges)
		r->exchanges = s->exchanges;
	return 1;
}

static void note_progress(struct round *r, uint32_t rank,
			  const struct wire_progress *p)
{
	struct wire_progress *was = &r->ranks[rank].progress;

	r->written.done += p->done - was->done;
	r->written.total += p->total - was->total;
	*was = *p;
}

static int take_written(struct round *r, uint32_t rank,
			const struct wire_msg *m)
{
	const struct wire_progress all = { m->u.written.raw_bytes,
					   m->u.written.raw_bytes };
	char want[WIRE_NAME];

	if (strcmp(image_name(want, rank, r->size), m->u.written.file))
		return -EPROTO;
	r->ranks[rank].written = m->u.written;
	note_progress(r, rank, &all);
	return 1;
}

static int leave_write(struct round *r)
{
	struct wire_resume m = { .generation = r->generation, .committed = 1 };
	char err[WIRE_TEXT] = "";

	if (r->ops->commit(r->arg, r, err, sizeof(err))) {
		round_abort(r, "%s", err);
		return -EIO;
	}
	round_send_all(r, WIRE_RESUME, &m);
	return 0;
}

static void forget_call(struct round_rank *k)
{
	free(k->call);
	k->call = NULL;
}

/* For people only: it is no news of the stage. */
static void take_call(struct round *r, struct round_rank *k,
		      const struct wire_failed *f)
{
	char text[WIRE_NAME];

	if (k->done || f->generation != r->generation)
		return;
	forget_call(k);
	k->call = strdup(text_copy(text, sizeof(text), f->text));
}

void round_undo(struct round *r)
{
	uint32_t i;

	for (i = 0; i < r->size; i++)
		r->ranks[i].done = 0;
	r->busy = r->size;
	r->first = 0;
}

/* All ranks are done with the stage: begin the next one. */
static void advance(struct round *r, int64_t now)
{
	struct wire_stage now_at = { r->generation, r->exchanges };
	enum round_stage stage = r->stage;
	int rc = 0;

	if (stages[stage].leave)
		rc = stages[stage].leave(r);
	if (rc) { /* a commit that failed has ended the round itself */
		round_abort(r, "coordinator: %s", strerror(-rc));
		return;
	}
	if (stages[stage].next == STAGE_IDLE) {
		finish(r, NULL);
		return;
	}
	r->stage = stages[stage].next;
	r->stage_news = r->began[r->stage] = r->raised = now;
	round_undo(r);
	if (stages[stage].announce)
		round_send_all(r, stages[stage].announce, &now_at);
}

/* A rank that is done, was not any more and is again has taken until now. */
static void note_done(struct round *r, uint32_t rank, int done, int64_t now)
{
	struct round_rank *k = &r->ranks[rank];

	if (done)
		forget_call(k);
	if (done && !k->done)
		k->took[r->stage] = (uint32_t)(now - r->began[r->stage]);
	k->done = done;
	if (!done && rank < r->first)
		r->first = rank;
	while (r->first < r->size && r->ranks[r->first].done)
		r->first++;
}

void round_message(struct round *r, uint32_t rank, const struct wire_msg *m,
		   int64_t now)
{
	int done;

	if (r->stage == STAGE_IDLE || rank >= r->size)
		return;
	if (m->type == WIRE_CKPT_FAILED &&
	    m->u.failed.generation == r->generation) {
		char why[WIRE_TEXT];

		round_abort(r, "rank %u: %s", rank,
			    text_copy(why, sizeof(why), m->u.failed.text));
		return;
	}
	if (m->type == WIRE_PASSED) {
		if (targets_take_passed(r, &m->u.clocks))
			round_abort(r, "coordinator: out of memory");
		return;
	}
	if (m->type == WIRE_DOING) {
		take_call(r, &r->ranks[rank], &m->u.failed);
		return;
	}
	if (m->type == WIRE_PROGRESS && r->stage == STAGE_WRITE)
		note_progress(r, rank, &m->u.progress);
	else if (m->type != stages[r->stage].expects)
		return;
	r->news = now;
	if (r->stage != STAGE_TARGET)
		r->stage_news = now;
	if (m->type == WIRE_PROGRESS)
		return;
	done = stages[r->stage].take(r, rank, m);
	if (done < 0) {
		round_abort(r, "rank %u: %s: %s", rank, wire_name(m->type),
			    strerror(-done));
		return;
	}
	r->busy -= (uint32_t)(done - r->ranks[rank].done);
	note_done(r, rank, done, now);
	if (!r->busy)
		advance(r, now);
}

/* Tells the ranks that the round is still on, when that is due. Returns the ms
 * until it is due next. */
static int64_t beat(struct round *r, int64_t now)
{
	struct wire_stage s = { .generation = r->generation };

	if (now - r->beat >= ROUND_BEAT_MS) {
		round_send_all(r, WIRE_BEAT, &s);
		r->beat = now;
	}
	return r->beat + ROUND_BEAT_MS - now;
}

static void give_up(struct round *r, int64_t limit)
{
	char who[256], what[PHASE_LIST];

	round_abort(r,
		    "stage '%s' made no progress for %lld s: waited for rank "
		    "%s: %s",
		    stages[r->stage].name, (long long)limit / 1000,
		    round_waiting(r, who, sizeof(who)),
		    phase_list(r, what, sizeof(what)));
}

int round_tick(struct round *r, int64_t now)
{
	int64_t limit = r->stage == STAGE_TARGET ? r->target_ms : r->stage_ms;
	int64_t left = limit - (now - r->stage_news);
	int64_t next;

	if (r->stage == STAGE_IDLE)
		return -1;
	if (left <= 0) {
		give_up(r, limit);
		return -1;
	}
	next = beat(r, now);
	if (next < left)
		left = next;
	if (r->stage == STAGE_TARGET) {
		next = targets_look(r, now);
		if (next < 0)
			round_abort(r, "coordinator: out of memory");
		else if (next < left)
			left = next;
	}
	return (int)left;
}

int round_waits_for(const struct round *r, uint32_t rank)
{
	return r->stage != STAGE_IDLE && rank < r->size && !r->ranks[rank].done;
}

char *round_waiting(const struct round *r, char *buf, size_t len)
{
	uint32_t i, left = r->stage == STAGE_IDLE ? 0 : r->busy;
	size_t at = 0;

	buf[0] = 0;
	for (i = r->first; left && i < r->size && at + 40 <= len; i++) {
		if (!round_waits_for(r, i))
			continue;
		at += (size_t)snprintf(buf + at, len - at, "%s%u",
				       at ? ", " : "", i);
		left--;
	}
	if (left)
		snprintf(buf + at, len - at, " and %u more", left);
	return buf;
}
