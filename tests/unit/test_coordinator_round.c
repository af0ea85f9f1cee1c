/* SPDX-License-Identifier: MIT */
/* test_coordinator_round.c - the checkpoint state machine, without sockets */
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

static void on_send(void *arg, uint32_t rank, enum wire_type type,
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

static int on_commit(void *arg, struct round *r, char *err, size_t errlen)
{
	struct world *w = arg;

	assert_int_equal(r->stage, STAGE_WRITE);
	w->commits++;
	if (w->commit_rc)
		snprintf(err, errlen, "disk full");
	return w->commit_rc;
}

static void on_over(void *arg, struct round *r, const char *failed)
{
	struct world *w = arg;

	assert_int_equal(r->stage, STAGE_IDLE);
	w->overs++;
	snprintf(w->failed, sizeof(w->failed), "%s", failed ? failed : "");
}

static const struct round_ops ops = { on_send, on_commit, on_over };

static uint32_t last_sent(const struct world *w, int rank)
{
	return w->n_sent[rank] ? w->sent[rank][w->n_sent[rank] - 1] : 0;
}

static void begin(struct world *w)
{
	memset(w, 0, sizeof(*w));
	round_init(&w->r, &ops, w, 3600000, 600000);
	assert_int_equal(round_begin(&w->r, N, GEN, "/d/7", "m", 1, 0), 0);
	assert_int_equal(last_sent(w, N - 1), WIRE_CKPT_BEGIN);
}

static void put(struct world *w, uint32_t rank, uint32_t type, int64_t now)
{
	struct wire_msg m = { .type = type };

	if (type == WIRE_WRITTEN)
		snprintf(m.u.written.file, sizeof(m.u.written.file),
			 "rank-%u.mana", rank);
	else
		m.u.stage = (struct wire_stage){ GEN, rank + 5 };
	round_message(&w->r, rank, &m, now);
}

static void put_clock(struct world *w, uint32_t rank, uint64_t generation,
		      const struct wire_clock *v, uint32_t n)
{
	struct wire_msg m = { .type = WIRE_CLOCK };

	m.u.clocks = (struct wire_clocks){ generation, 0, n, v };
	round_message(&w->r, rank, &m, 1);
}

static void put_state(struct world *w, uint32_t rank, uint32_t inside,
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
static void to_stop(struct world *w)
{
	uint32_t i;

	for (i = 0; i < N; i++)
		put_clock(w, i, GEN, NULL, 0);
	for (i = 0; i < N; i++)
		put_state(w, i, 0, 0, NULL, 2);
}

static void put_all(struct world *w, uint32_t type)
{
	uint32_t i;

	for (i = 0; i < N; i++)
		put(w, i, type, 3);
}

static void test_all_ok(void **state)
{
	static const uint32_t expected[] = { WIRE_CKPT_BEGIN, WIRE_TARGETS,
					     WIRE_STOP,	      WIRE_DRAIN,
					     WIRE_WRITE,      WIRE_RESUME };
	struct world w;
	int i;

	(void)state;
	begin(&w);
	to_stop(&w);
	put_all(&w, WIRE_STOPPED);
	assert_int_equal(w.exchanges, N - 1 + 5); /* of what put says */
	put_all(&w, WIRE_DRAINED);
	put(&w, 0, WIRE_PROGRESS, 3);
	put_all(&w, WIRE_WRITTEN);
	assert_int_equal(w.commits, 1);
	assert_int_equal(w.overs, 1);
	assert_string_equal(w.failed, "");
	for (i = 0; i < N; i++) {
		assert_int_equal(w.n_sent[i], 6);
		assert_memory_equal(w.sent[i], expected, sizeof(expected));
	}
	assert_int_equal(round_tick(&w.r, 5), -1);
	round_fini(&w.r);
}

/* Each stage begins when all ranks have left the one before. */
static void test_stage_times(void **state)
{
	struct world w;
	uint32_t i;

	(void)state;
	begin(&w);
	to_stop(&w);
	for (i = 0; i < N; i++)
		put(&w, i, WIRE_STOPPED, 10 + i);
	for (i = 0; i < N; i++)
		put(&w, i, WIRE_DRAINED, 20 + i);
	assert_int_equal(w.r.began[STAGE_CLOCK], 0);
	assert_int_equal(w.r.began[STAGE_STOP], 2);
	assert_int_equal(w.r.began[STAGE_DRAIN], 10 + N - 1);
	assert_int_equal(w.r.began[STAGE_WRITE], 20 + N - 1);
	round_fini(&w.r);
}

static void test_stage_waits_for_all(void **state)
{
	struct world w;
	char who[64];

	(void)state;
	begin(&w);
	to_stop(&w);
	put(&w, 0, WIRE_STOPPED, 3);
	put(&w, 2, WIRE_STOPPED, 3);
	put(&w, 2, WIRE_DRAINED, 3); /* out of turn: not counted */
	assert_int_equal(w.r.stage, STAGE_STOP);
	assert_string_equal(round_waiting(&w.r, who, sizeof(who)), "1");
	put(&w, 1, WIRE_STOPPED, 3);
	assert_int_equal(w.r.stage, STAGE_DRAIN);
	round_fini(&w.r);
}

static void test_rank_failed(void **state)
{
	struct wire_msg m = { .type = WIRE_CKPT_FAILED };
	struct world w;

	(void)state;
	begin(&w);
	to_stop(&w);
	m.u.failed.generation = GEN - 1; /* of an earlier round */
	round_message(&w.r, 1, &m, 3);
	assert_int_equal(w.overs, 0);
	m.u.failed.generation = GEN;
	snprintf(m.u.failed.text, sizeof(m.u.failed.text), "no space left");
	round_message(&w.r, 1, &m, 3);
	assert_int_equal(w.overs, 1);
	assert_int_equal(w.commits, 0);
	assert_string_equal(w.failed, "rank 1: no space left");
	assert_int_equal(last_sent(&w, 0), WIRE_ABORT);
	assert_int_equal(last_sent(&w, 2), WIRE_ABORT);
	round_fini(&w.r);
}

static void test_commit_fails(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	w.commit_rc = -28;
	to_stop(&w);
	put_all(&w, WIRE_STOPPED);
	put_all(&w, WIRE_DRAINED);
	put_all(&w, WIRE_WRITTEN);
	assert_int_equal(w.overs, 1);
	assert_string_equal(w.failed, "disk full");
	assert_int_equal(last_sent(&w, 1), WIRE_ABORT);
	round_fini(&w.r);
}

static void test_wrong_file_name(void **state)
{
	struct wire_msg m = { .type = WIRE_WRITTEN };
	struct world w;

	(void)state;
	begin(&w);
	to_stop(&w);
	put_all(&w, WIRE_STOPPED);
	put_all(&w, WIRE_DRAINED);
	snprintf(m.u.written.file, sizeof(m.u.written.file), "../evil");
	round_message(&w.r, 0, &m, 3);
	assert_int_equal(w.overs, 1);
	assert_int_equal(w.commits, 0);
	round_fini(&w.r);
}

static void test_stale_clock(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	put_clock(&w, 0, GEN - 1, NULL, 0);
	put_clock(&w, 1, GEN, NULL, 0);
	put_clock(&w, 2, GEN, NULL, 0);
	assert_int_equal(w.r.stage, STAGE_CLOCK);
	put_clock(&w, 0, GEN, NULL, 0);
	assert_int_equal(w.r.stage, STAGE_TARGET);
	round_fini(&w.r);
}

static const struct wire_clock *target(const struct world *w, int rank,
				       uint64_t id)
{
	uint32_t i;

	for (i = 0; i < w->n_targets[rank]; i++)
		if (w->targets[rank][i].id[0] == id)
			return &w->targets[rank][i];
	return NULL;
}

/* 10: all three, complete. 20: ranks 0, 1. 30: of three, one knows it. */
static void test_targets(void **state)
{
	const struct wire_clock a[] = { { { 10, 1 }, 5, 3, 0 },
					{ { 20, 1 }, 9, 2, 0 },
					{ { 30, 1 }, 1, 3, 0 } };
	const struct wire_clock b[] = { { { 20, 1 }, 8, 2, 0 },
					{ { 10, 1 }, 6, 3, 0 } };
	const struct wire_clock c[] = { { { 10, 1 }, 4, 3, 0 } };
	struct world w;
	int i;

	(void)state;
	begin(&w);
	put_clock(&w, 0, GEN, a, 3);
	put_clock(&w, 1, GEN, b, 2);
	put_clock(&w, 2, GEN, c, 1);
	for (i = 0; i < N; i++) {
		assert_int_equal(target(&w, i, 10)->seq, 6);
		assert_int_equal(target(&w, i, 30)->seq, 1);
	}
	assert_int_equal(target(&w, 1, 20)->seq, 9);
	assert_null(target(&w, 2, 20));
	assert_int_equal(w.epoch, 1);
	round_fini(&w.r);
}

/* Up to stage TARGET; nobody has a communicator yet. */
static void begin_targets(struct world *w)
{
	uint32_t i;

	begin(w);
	for (i = 0; i < N; i++)
		put_clock(w, i, GEN, NULL, 0);
}

/* The hazard of DESIGN 6: 0 is parked before C, 1 is behind, 2 inside D. */
static void test_raise(void **state)
{
	const struct wire_clock at = { { 10, 1 }, 6, 3, 0 };
	uint32_t i;
	struct world w;

	(void)state;
	begin_targets(&w);
	put_state(&w, 0, 0, 0, &at, 20);
	put_state(&w, 2, 1, 0, NULL, 20);
	assert_true(round_tick(&w.r, 60) > ROUND_RAISE_MS); /* 1 is silent */
	put_state(&w, 1, 0, 1, NULL, 60);
	assert_int_equal(round_tick(&w.r, 70), 10);
	assert_int_equal(w.epoch, 1);
	round_tick(&w.r, 80);
	assert_int_equal(w.epoch, 2);
	for (i = 0; i < N; i++)
		assert_int_equal(target(&w, (int)i, 10)->seq, 6);
	/* what was said before the raise does not count */
	put_state(&w, 1, 0, 0, NULL, 81);
	put_state(&w, 2, 0, 0, NULL, 81);
	assert_int_equal(w.r.stage, STAGE_TARGET);
	put_state(&w, 0, 0, 0, NULL, 82);
	assert_int_equal(w.r.stage, STAGE_STOP);
	assert_int_equal(last_sent(&w, 0), WIRE_STOP);
	round_fini(&w.r);
}

/* 0 is parked and behind: only it is let on, and at once. */
static void test_raise_at_once(void **state)
{
	const struct wire_clock at = { { 10, 1 }, 6, 3, 0 };
	const struct wire_clock other = { { 20, 1 }, 9, 3, 0 };
	uint32_t i;
	struct world w;

	(void)state;
	begin_targets(&w);
	put_state(&w, 0, 0, 1, &at, 100);
	put_state(&w, 1, 0, 0, &other, 100);
	round_tick(&w.r, 100);
	assert_int_equal(w.epoch, 1); /* 2 is silent */
	put_state(&w, 2, 1, 0, NULL, 100);
	round_tick(&w.r, 100);
	assert_int_equal(w.epoch, 2);
	for (i = 0; i < N; i++) {
		assert_int_equal(target(&w, (int)i, 10)->seq, 6);
		assert_null(target(&w, (int)i, 20));
	}
	round_fini(&w.r);
}

static void put_passed(struct world *w, uint32_t rank, uint64_t generation,
		       const struct wire_clock *v)
{
	struct wire_msg m = { .type = WIRE_PASSED };

	m.u.clocks = (struct wire_clocks){ generation, 0, 1, v };
	round_message(&w->r, rank, &m, 100);
}

/* What a rank passed is everybody's target before the rank can be done. */
static void test_passed(void **state)
{
	const struct wire_clock at = { { 10, 1 }, 6, 3, 0 };
	struct world w;
	uint32_t i;

	(void)state;
	begin_targets(&w);
	put_state(&w, 1, 0, 0, NULL, 100);
	put_state(&w, 2, 0, 0, NULL, 100);
	put_passed(&w, 0, GEN - 1, &at);
	assert_int_equal(w.epoch, 1);
	put_passed(&w, 0, GEN, &at);
	put_state(&w, 0, 0, 0, NULL, 100); /* of epoch 1: does not count */
	assert_int_equal(w.r.stage, STAGE_TARGET);
	round_tick(&w.r, 100);
	assert_int_equal(w.epoch, 2);
	for (i = 0; i < N; i++)
		assert_int_equal(target(&w, (int)i, 10)->seq, 6);
	put_passed(&w, 1, GEN, &at);
	round_tick(&w.r, 101);
	assert_int_equal(w.epoch, 2);
	for (i = 0; i < N; i++) {
		assert_int_equal(w.r.stage, STAGE_TARGET);
		put_state(&w, i, 0, 0, NULL, 100);
	}
	assert_int_equal(w.r.stage, STAGE_STOP);
	round_fini(&w.r);
}

/* 0 is parked; 1 and 2 never come to rest, and not all know the newest epoch.
 */
static void test_raise_late(void **state)
{
	const struct wire_clock at = { { 10, 1 }, 6, 3, 0 };
	struct wire_clock other = { { 20, 1 }, 9, 2, 0 };
	struct world w;
	int64_t now;

	(void)state;
	begin_targets(&w);
	put_state(&w, 0, 0, 0, &at, 2);
	for (now = 3; now < ROUND_LATE_MS; now += 5) {
		other.seq++;
		put_passed(&w, 1, GEN, &other);
		put_state(&w, 1, 1, 1, NULL, now);
		round_tick(&w.r, now);
		assert_null(target(&w, 2, 10));
	}
	round_tick(&w.r, ROUND_LATE_MS + 2);
	assert_int_equal(target(&w, 2, 10)->seq, 6);
	round_fini(&w.r);
}

static void test_taken_back(void **state)
{
	struct world w;

	(void)state;
	begin_targets(&w);
	put_state(&w, 0, 0, 0, NULL, 2);
	put_state(&w, 0, 1, 0, NULL, 3);
	put_state(&w, 1, 0, 0, NULL, 4);
	put_state(&w, 2, 0, 0, NULL, 5);
	assert_int_equal(w.r.stage, STAGE_TARGET);
	put_state(&w, 0, 0, 0, NULL, 6);
	assert_int_equal(w.r.stage, STAGE_STOP);
	round_fini(&w.r);
}

static void test_time_limit(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	to_stop(&w);
	put(&w, 0, WIRE_STOPPED, 1000);
	assert_true(round_tick(&w.r, ROUND_BEAT_MS) <= ROUND_BEAT_MS);
	assert_int_equal(last_sent(&w, 1), WIRE_BEAT);
	assert_true(round_tick(&w.r, 600999) > 0);
	assert_int_equal(round_tick(&w.r, 601000), -1);
	assert_int_equal(w.overs, 1);
	assert_non_null(strstr(w.failed, "waited for rank 1, 2"));
	round_fini(&w.r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_ok),
		cmocka_unit_test(test_stage_times),
		cmocka_unit_test(test_stage_waits_for_all),
		cmocka_unit_test(test_rank_failed),
		cmocka_unit_test(test_commit_fails),
		cmocka_unit_test(test_wrong_file_name),
		cmocka_unit_test(test_stale_clock),
		cmocka_unit_test(test_targets),
		cmocka_unit_test(test_raise),
		cmocka_unit_test(test_raise_at_once),
		cmocka_unit_test(test_passed),
		cmocka_unit_test(test_raise_late),
		cmocka_unit_test(test_taken_back),
		cmocka_unit_test(test_time_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
