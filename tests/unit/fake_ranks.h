/* SPDX-License-Identifier: MIT */
/* fake_ranks.h - a round without sockets: a test says what the ranks say */
#ifndef MANA_FAKE_RANKS_H
#define MANA_FAKE_RANKS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "../../coordinator/round.h"

#define N   3
#define GEN 7

/* What the round did, seen from outside. */
struct world {
	struct round r;
	uint32_t sent[N][64]; /* types, in order */
	int n_sent[N];
	struct wire_clock targets[N][16]; /* of the newest TARGETS */
	uint32_t n_targets[N], epoch;
	uint64_t exchanges; /* of the newest DRAIN */
	int commits, overs, commit_rc;
	char failed[WIRE_TEXT];
};

static inline void on_send(void *arg, uint32_t rank, enum wire_type type,
			   const void *msg)
{
	struct world *w = arg;
	const struct wire_clocks *t = msg;

	assert_true(rank < N && w->n_sent[rank] < 64);
	w->sent[rank][w->n_sent[rank]++] = type;
	if (type == WIRE_DRAIN)
		w->exchanges = ((const struct wire_stage *)msg)->exchanges;
	if (type != WIRE_TARGETS)
		return;
	assert_true(t->n <= 16);
	memcpy(w->targets[rank], t->v, t->n * sizeof(*t->v));
	w->n_targets[rank] = t->n;
	w->epoch = t->epoch;
}

static inline void on_send_all(void *arg, enum wire_type type, const void *msg)
{
	uint32_t i;

	for (i = 0; i < N; i++)
		on_send(arg, i, type, msg);
}

static inline int on_commit(void *arg, struct round *r, char *err,
			    size_t errlen)
{
	struct world *w = arg;

	assert_int_equal(r->stage, STAGE_WRITE);
	w->commits++;
	if (w->commit_rc)
		snprintf(err, errlen, "disk full");
	return w->commit_rc;
}

static inline void on_over(void *arg, struct round *r, const char *failed)
{
	struct world *w = arg;

	assert_int_equal(r->stage, STAGE_IDLE);
	w->overs++;
	snprintf(w->failed, sizeof(w->failed), "%s", failed ? failed : "");
}

static const struct round_ops ops = { on_send, on_send_all, on_commit,
				      on_over };

static inline uint32_t last_sent(const struct world *w, int rank)
{
	return w->n_sent[rank] ? w->sent[rank][w->n_sent[rank] - 1] : 0;
}

static inline void begin(struct world *w)
{
	memset(w, 0, sizeof(*w));
	round_init(&w->r, &ops, w, 3600000, 600000);
	assert_int_equal(round_begin(&w->r, N, GEN, "/d/7", "m", 1, 0), 0);
	assert_int_equal(last_sent(w, N - 1), WIRE_CKPT_BEGIN);
}

static inline void put(struct world *w, uint32_t rank, uint32_t type,
		       int64_t now)
{
	struct wire_msg m = { .type = type };

	if (type == WIRE_WRITTEN)
		snprintf(m.u.written.file, sizeof(m.u.written.file),
			 "rank-%u.mana", rank);
	else
		m.u.stage = (struct wire_stage){ GEN, rank + 5 };
	round_message(&w->r, rank, &m, now);
}

static inline void put_clock(struct world *w, uint32_t rank,
			     uint64_t generation, const struct wire_clock *v,
			     uint32_t n)
{
	struct wire_msg m = { .type = WIRE_CLOCK };

	m.u.clocks = (struct wire_clocks){ generation, 0, n, v };
	round_message(&w->r, rank, &m, 1);
}

static inline void put_state(struct world *w, uint32_t rank, uint32_t inside,
			     uint32_t behind, const struct wire_clock *parked,
			     int64_t now)
{
	struct wire_msg m = { .type = WIRE_STATE };

	m.u.state = (struct wire_state){ .epoch = w->epoch,
					 .inside = inside,
					 .behind = behind,
					 .parked = parked != NULL,
					 .n = parked != NULL,
					 .v = parked };
	round_message(&w->r, rank, &m, now);
}

/* All ranks report one clock each and are at rest. */
static inline void to_stop(struct world *w)
{
	uint32_t i;

	for (i = 0; i < N; i++)
		put_clock(w, i, GEN, NULL, 0);
	for (i = 0; i < N; i++)
		put_state(w, i, 0, 0, NULL, 2);
}

static inline void put_all(struct world *w, uint32_t type)
{
	uint32_t i;

	for (i = 0; i < N; i++)
		put(w, i, type, 3);
}

#endif
