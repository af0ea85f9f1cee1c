/* SPDX-License-Identifier: MIT */
/* test_coordinator_targets.c - how far ranks may run before they stop */
#include "fake_ranks.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_targets),
		cmocka_unit_test(test_raise),
		cmocka_unit_test(test_raise_at_once),
		cmocka_unit_test(test_passed),
		cmocka_unit_test(test_raise_late),
		cmocka_unit_test(test_taken_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
