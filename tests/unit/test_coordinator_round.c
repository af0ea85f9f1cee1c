/* SPDX-License-Identifier: MIT */
/* test_coordinator_round.c - the checkpoint state machine, without sockets */
#include "fake_ranks.h"

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
	for (i = 0; i < N; i++) {
		assert_int_equal(w.r.ranks[i].took[STAGE_STOP], 8 + i);
		assert_int_equal(w.r.ranks[i].took[STAGE_DRAIN], 11 + i - N);
	}
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
	assert_non_null(strstr(w.failed, "waited for rank 1, 2: rank 1: "
					 "stops its threads; rank 2: "));
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
		cmocka_unit_test(test_time_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
