/* SPDX-License-Identifier: MIT */
/* test_coordinator_verbs.c - what commands ask of a real server */
#include "../../common/exit_code.h"
#include "fake_job.h"

static void send_verb(struct wire_conn *c, uint32_t verb, uint32_t wait,
		      uint64_t arg, uint32_t flags)
{
	struct wire_request q = {
		.verb = verb, .wait = wait, .arg = arg, .flags = flags
	};

	assert_int_equal(wire_send(c, WIRE_REQUEST, &q, 1000), 0);
}

static void no_reply(struct wire_conn *c)
{
	struct wire_msg m;

	assert_int_equal(wire_recv(c, &m, 50), -ETIMEDOUT);
}

static void write_all(void)
{
	write_image(0, 100);
	write_image(1, 100);
}

static void expect_kill(void)
{
	struct wire_msg m;
	uint32_t i;

	for (i = 0; i < N; i++) {
		expect(&rank[i], WIRE_KILL, &m);
		assert_int_equal(m.u.code.code, EXIT_KILLED);
		assert_int_equal(wire_recv(&rank[i], &m, 20), -ETIMEDOUT);
	}
}

static void leave_all(void)
{
	uint32_t i;

	for (i = 0; i < N; i++)
		wire_close(&rank[i]);
}

/* The ranks are not let run on in between. */
static void test_checkpoint_and_kill(void **state)
{
	(void)state;
	send_verb(&asker, VERB_CHECKPOINT, 1, 0, REQUEST_KILL);
	expect_begin();
	to_write();
	write_all();
	expect_kill();
	expect_reply(&asker, 0, "generation 1 committed");
	assert_true(exists("1/manifest.json"));
}

static void test_kill_and_gone(void **state)
{
	(void)state;
	send_verb(&asker, VERB_CHECKPOINT, 1, 0,
		  REQUEST_KILL | REQUEST_GONE | REQUEST_JSON);
	expect_begin();
	to_write();
	write_all();
	expect_kill();
	no_reply(&asker);
	leave_all();
	expect_reply(&asker, 0, "\"committed\":true");
}

/* It runs on, and the next checkpoint does not end it either. */
static void test_not_committed(void **state)
{
	struct wire_failed f = { .text = "no space" };

	(void)state;
	send_verb(&asker, VERB_CHECKPOINT, 1, 0, REQUEST_KILL | REQUEST_GONE);
	expect_begin();
	to_write();
	f.generation = round_no;
	assert_int_equal(wire_send(&rank[1], WIRE_CKPT_FAILED, &f, 1000), 0);
	expect_all(WIRE_ABORT);
	expect_reply(&asker, 1, "no space");
	whole_round();
	expect_reply(&asker, 0, "generation 2 committed");
}

/* The command that asked is gone. Its request came too late for this round. */
static void test_nobody_waits(void **state)
{
	struct wire_conn late;

	(void)state;
	assert_int_equal(join_as(&late, WIRE_COMMAND, 0, "x"), 0);
	ask(&asker);
	expect_begin();
	to_write();
	send_verb(&late, VERB_CHECKPOINT, 1, 0, REQUEST_KILL);
	send_verb(&late, VERB_STATUS, 0, 0, 0);
	expect_reply(&late, 0, "stage 'write'"); /* so it has been heard */
	wire_close(&late);
	write_all();
	expect_all(WIRE_RESUME);
	expect_reply(&asker, 0, "generation 1 committed");
	expect_begin();
	to_write();
	write_all();
	expect_kill();
}

static void test_wait_for_kill(void **state)
{
	(void)state;
	send_verb(&asker, VERB_KILL, 1, 0, 0);
	expect_kill();
	no_reply(&asker);
	leave_all();
	expect_reply(&asker, 0, "");
}

static void test_json(void **state)
{
	(void)state;
	send_verb(&asker, VERB_CHECKPOINT, 0, 0, REQUEST_JSON);
	expect_reply(&asker, 0, "{\"generation\": 1, \"committed\": false}");
	expect_begin();
	to_write();
	write_all();
	expect_all(WIRE_RESUME);
	send_verb(&asker, VERB_STATUS, 0, 1, 0);
	expect_reply(&asker, 0, "\"ok\": true");
}

/* What is being written is not touched. */
static void test_prune(void **state)
{
	(void)state;
	whole_round();
	expect_reply(&asker, 0, "committed");
	whole_round();
	expect_reply(&asker, 0, "committed");
	send_verb(&asker, VERB_CHECKPOINT, 0, 0, 0);
	expect_reply(&asker, 0, "begun");
	expect_begin();
	send_verb(&asker, VERB_PRUNE, 0, 0, 0);
	expect_reply(&asker, 1, "keep one");
	send_verb(&asker, VERB_PRUNE, 0, 1, 0);
	expect_reply(&asker, 0,
		     "{\"removed\":[1],\"kept\":[3,2],\"left\":[],"
		     "\"failed\":[]}");
	assert_false(exists("1"));
	to_write();
	write_all();
	expect_all(WIRE_RESUME);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_checkpoint_and_kill),
		T(test_kill_and_gone),
		T(test_not_committed),
		T(test_nobody_waits),
		T(test_wait_for_kill),
		T(test_json),
		T(test_prune),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
