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

static void says(struct world *w, uint32_t rank, uint64_t generation,
		 const char *text)
{
	struct wire_msg m = { .type = WIRE_DOING };

	m.u.failed.generation = generation;
	snprintf(m.u.failed.text, sizeof(m.u.failed.text), "%s", text);
	round_message(&w->r, rank, &m, 50);
}

static const char *host(void *arg, uint32_t rank)
{
	(void)arg;
	return rank == 1 ? "node1" : "";
}

/* What ranks say of themselves is shown while they are waited for. */
static void test_calls(void **state)
{
	struct round_ops with_host = ops;
	char buf[PHASE_LIST], text[WIRE_TEXT];
	struct world w;
	uint32_t i;

	(void)state;
	with_host.host = host;
	begin(&w);
	w.r.ops = &with_host;
	says(&w, 0, GEN, "in MPI_Send");
	is_at(&w, 0, "does not answer: in MPI_Send");
	for (i = 0; i < N; i++)
		put_clock(&w, i, GEN, NULL, 0);
	is_at(&w, 0, "does not answer"); /* that was another stage */
	put_state(&w, 0, 1, 0, NULL, 2);
	put_state(&w, 1, 0, 1, NULL, 2);
	put_state(&w, 2, 0, 0, NULL, 2);
	says(&w, 0, GEN, "in MPI_Bcast");
	says(&w, 1, GEN - 1, "in MPI_Recv"); /* of another round */
	is_at(&w, 1, "on its way to a collective");
	says(&w, 1, GEN, "polls \033[2JMPI_Test\n");
	says(&w, 2, GEN, "in MPI_Barrier"); /* not waited for */
	is_at(&w, 2, "ready");
	assert_int_equal(w.r.news, 2);
	waits(&w, "rank 1 (polls ?[2JMPI_Test?) and 1 more");
	assert_string_equal(phase_list(&w.r, buf, sizeof(buf)),
			    "rank 1 on node1: on its way to a collective: "
			    "polls ?[2JMPI_Test?; rank 0: inside a collective: "
			    "in MPI_Bcast");
	assert_string_equal(phase_call(&w.r, 0), "in MPI_Bcast");
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = 0;
	says(&w, 1, GEN, text);
	assert_int_equal(strlen(phase_call(&w.r, 1)), WIRE_NAME - 1);
	put_state(&w, 1, 0, 0, NULL, 3);
	assert_string_equal(phase_call(&w.r, 1), "");
	put_state(&w, 1, 0, 1, NULL, 3);
	is_at(&w, 1, "on its way to a collective");
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
		cmocka_unit_test(test_calls),
		cmocka_unit_test(test_stages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
