/* SPDX-License-Identifier: MIT */
/* test_coordinator_phase.c - what each rank is at, in words */
#include "fake_ranks.h"
#include "../../coordinator/phase.h"

static void is_at(const struct world *w, uint32_t rank, const char *want)
{
	char buf[64];

	assert_string_equal(phase_in_round(&w->r, rank, buf, sizeof(buf)),
			    want);
}

static void waits(const struct world *w, const char *want)
{
	char buf[128];

	assert_string_equal(phase_waits(&w->r, buf, sizeof(buf)), want);
}

static void test_targets(void **state)
{
	const struct wire_clock at = { { 1, 2 }, 9, N, 0 };
	struct world w;
	uint32_t i;

	(void)state;
	begin(&w);
	put_clock(&w, 0, GEN, NULL, 0);
	is_at(&w, 0, "ready");
	is_at(&w, 1, "does not answer");
	for (i = 1; i < N; i++)
		put_clock(&w, i, GEN, NULL, 0);
	is_at(&w, 0, "does not answer");
	put_state(&w, 0, 1, 0, NULL, 2);
	is_at(&w, 0, "inside a collective");
	put_state(&w, 1, 0, 1, NULL, 2);
	is_at(&w, 1, "on its way to a collective");
	put_state(&w, 1, 0, 1, &at, 2);
	is_at(&w, 1, "kept from a collective by another");
	put_state(&w, 1, 0, 0, &at, 2);
	is_at(&w, 1, "parked");
	for (i = 2; i < N; i++)
		put_state(&w, i, 0, 0, NULL, 2);
	waits(&w, "rank 0 (inside a collective)");
	round_fini(&w.r);
}

static void test_stages(void **state)
{
	struct wire_msg m = { .type = WIRE_PROGRESS, .u.progress = { 5, 10 } };
	struct world w;

	(void)state;
	begin(&w);
	to_stop(&w);
	is_at(&w, 0, "stops its threads");
	put_all(&w, WIRE_STOPPED);
	is_at(&w, 1, "receives messages");
	put_all(&w, WIRE_DRAINED);
	is_at(&w, 0, "writes, 0%");
	round_message(&w.r, 0, &m, 3);
	is_at(&w, 0, "writes, 50%");
	m.u.progress.done = 1000; /* nonsense */
	round_message(&w.r, 0, &m, 3);
	is_at(&w, 0, "writes, 100%");
	is_at(&w, N, "");
	put_all(&w, WIRE_WRITTEN);
	is_at(&w, 0, "");
	waits(&w, "");
	round_fini(&w.r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_targets),
		cmocka_unit_test(test_stages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
