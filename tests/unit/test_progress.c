/* SPDX-License-Identifier: MIT */
/* test_progress.c - what a live line says, and what a coordinator answers of a
 * checkpoint or a restart on its way */
#include "fake_job.h"
#include <jansson.h>
#include "../../client/progress.h"

static void test_format(void **state)
{
	struct live_progress p = { .what = "checkpoint",
				   .generation = 3,
				   .phase = "targets",
				   .waits = "rank 3 (inside a collective)",
				   .ready = 2,
				   .ranks = 4,
				   .seconds = 242 };
	char text[LIVE_LINE];

	(void)state;
	assert_string_equal(live_format(&p, 0, text),
			    "checkpoint 3: targets: 2 of 4 ranks, 4:02, waits "
			    "for rank 3 (inside a collective)");
	assert_int_equal(strlen(live_format(&p, 40, text)), 40);
	strcpy(p.phase, "write");
	p.done = 1200000000;
	p.total = 3600000000;
	p.seconds = 2;
	assert_string_equal(live_format(&p, 0, text),
			    "checkpoint 3: write: 2 of 4 ranks, 1.20 GB of "
			    "3.60 GB, 0.60 GB/s, 4 s left");
	p.done = 0;
	assert_string_equal(live_format(&p, 0, text),
			    "checkpoint 3: write: 2 of 4 ranks, 0 MB of 3.60 "
			    "GB");
	p.done = 2 * p.total; /* nonsense of a rank's */
	assert_non_null(strstr(live_format(&p, 0, text), "0 s left"));
}

static void test_units(void **state)
{
	char b[LIVE_NUMBER];

	(void)state;
	assert_string_equal(live_bytes(512e6, b), "512 MB");
	assert_string_equal(live_bytes(1.5e12, b), "1.50 TB");
	assert_string_equal(live_time(-1, b), "0 s");
	assert_string_equal(live_time(3600, b), "1:00:00");
	assert_non_null(live_time(1e300, b));
}

/* Whatever answers, it makes one clean line. */
static void test_parse(void **state)
{
	static const char *const texts[] = {
		"{}",
		"[]",
		"{\"job\":3,\"checkpoint\":null}",
		"{\"checkpoint\":{\"stage\":7,\"ranks_done\":\"x\"}}",
		"{\"job\":{\"size\":-4},\"checkpoint\":{\"stage\":\"wr\\u001b[1m"
		"\",\"done\":-1,\"waits\":\"\\u0007\"}}",
	};
	struct live_progress p;
	char text[LIVE_LINE];
	json_t *j;
	size_t i;

	(void)state;
	assert_int_equal(progress_parse(NULL, &p), 0);
	for (i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		j = json_loads(texts[i], 0, NULL);
		assert_non_null(j);
		assert_int_equal(progress_parse(j, &p), i > 2);
		if (i > 2) {
			live_format(&p, 80, text);
			assert_null(strpbrk(text, "\033\007\n"));
		}
		json_decref(j);
	}
}

static int ask_progress(struct live_progress *out)
{
	struct wire_request q = { .verb = VERB_STATUS, .arg = STATUS_BRIEF };
	struct wire_msg m;
	json_t *j;
	int rc;

	assert_int_equal(wire_send(&asker, WIRE_REQUEST, &q, 1000), 0);
	expect(&asker, WIRE_REPLY, &m);
	j = json_loads(m.u.reply.text, 0, NULL);
	assert_non_null(j);
	assert_int_equal(json_array_size(json_object_get(
				 json_object_get(j, "job"), "ranks")),
			 0);
	rc = progress_parse(j, out);
	json_decref(j);
	return rc;
}

static void test_checkpoint(void **state)
{
	struct wire_progress w = { .done = 3, .total = 10 };
	struct live_progress p;
	struct wire_conn late;

	(void)state;
	assert_int_equal(ask_progress(&p), 0);
	assert_int_equal(join_as(&late, WIRE_COMMAND, 0, "x"), 0);
	ask(&late);
	expect_begin();
	assert_int_equal(ask_progress(&p), 1);
	assert_string_equal(p.what, "checkpoint");
	assert_string_equal(p.phase, "clock");
	assert_string_equal(p.waits, "rank 0 (does not answer) and 1 more");
	assert_int_equal(p.ready, 0);
	assert_int_equal(p.ranks, N);
	to_write();
	assert_int_equal(wire_send(&rank[0], WIRE_PROGRESS, &w, 1000), 0);
	write_image(1, 100); /* of 1000 bytes of memory */
	do
		assert_int_equal(ask_progress(&p), 1);
	while (p.total < 1010);
	assert_string_equal(p.phase, "write");
	assert_string_equal(p.waits, "rank 0 (writes, 30%)");
	assert_int_equal(p.ready, 1);
	assert_int_equal(p.done, 1003);
	write_image(0, 100);
	expect_reply(&late, 0, "generation 1 committed");
	assert_int_equal(ask_progress(&p), 0);
	wire_close(&late);
}

static void join_again(uint32_t i)
{
	char err[WIRE_TEXT];
	struct wire_hello h;

	client_hello_init(&h, WIRE_RANK);
	h.size = N;
	h.rank = i;
	h.flags = WIRE_RESTARTED;
	h.generation = 7;
	strcpy(h.id, "the one");
	strcpy(h.job, "job2");
	assert_int_equal(
		client_join(&where, &h, &rank[i], NULL, NULL, err, sizeof(err)),
		0);
	expect(&rank[i], WIRE_SETTINGS, NULL);
}

static void pass(const char *name, uint32_t first)
{
	struct wire_barrier b = { "" };
	uint32_t i;

	strcpy(b.name, name);
	for (i = first; i < N; i++)
		assert_int_equal(wire_send(&rank[i], WIRE_BARRIER, &b, 1000),
				 0);
	expect_all(WIRE_BARRIER_DONE);
}

static void test_restart(void **state)
{
	struct wire_barrier opened = { "opened" };
	struct live_progress p;
	struct client_where w;
	struct wire_conn keep;
	char err[WIRE_TEXT];
	uint32_t i;

	(void)state;
	/* somebody is coming, so it does not end with the first job */
	assert_int_equal(client_find(&where, &w, err, sizeof(err)), 0);
	assert_int_equal(
		client_connect(&w, 1000, 5000, &keep, err, sizeof(err)), 0);
	for (i = 0; i < N; i++)
		wire_close(&rank[i]);
	for (i = 0; i < N; i++)
		join_again(i);
	assert_int_equal(ask_progress(&p), 1);
	assert_string_equal(p.what, "restart");
	assert_string_equal(p.phase, "opens images");
	assert_int_equal(p.ready, 0);
	assert_int_equal(wire_send(&rank[0], WIRE_BARRIER, &opened, 1000), 0);
	do
		assert_int_equal(ask_progress(&p), 1);
	while (!p.ready);
	pass("opened", 1);
	assert_int_equal(ask_progress(&p), 1);
	assert_string_equal(p.phase, "maps memory");
	pass("mapped", 0);
	pass("placed", 0);
	pass("restored", 0);
	assert_int_equal(ask_progress(&p), 0);
	wire_close(&keep);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_format),
		cmocka_unit_test(test_units),
		cmocka_unit_test(test_parse),
		T(test_checkpoint),
		T(test_restart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
