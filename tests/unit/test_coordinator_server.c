/* SPDX-License-Identifier: MIT */
/* test_coordinator_server.c - rounds of a real server, with fake ranks */
#include "fake_job.h"

static void test_commit_and_keep(void **state)
{
	struct manifest m;
	struct reason why;
	char path[256], to[32] = "";
	int i, gen;

	(void)state;
	for (i = 0; i < 4; i++) {
		whole_round();
		expect_reply(&asker, 0, "committed: 2 ranks");
	}
	assert_false(exists("1") || exists("2"));
	assert_true(exists("3") && exists("4/manifest.json"));
	snprintf(path, sizeof(path), "%s/latest", dir);
	assert_int_equal(readlink(path, to, sizeof(to)), 1);
	assert_string_equal(to, "4");
	gen = open(path, O_RDONLY | O_DIRECTORY);
	assert_int_equal(manifest_read(gen, path, 4, &m, &why), 0);
	close(gen);
	assert_int_equal(m.size, N);
	assert_int_equal(m.images[1].digest, 0xabc);
	assert_string_equal(m.images[1].file, "rank-1.mana");
	assert_int_equal(strlen(m.id), 32);
	assert_string_equal(m.program, "fake?[1m");
	assert_true(m.phases);
	assert_true(m.images[0].took[PHASE_SYNC] <=
		    m.images[0].took[PHASE_WRITE]);
	assert_true(m.began[PHASE_STOP] <= m.began[PHASE_WRITE]);
	manifest_fini(&m);
}

static void test_rank_fails(void **state)
{
	struct wire_failed f = { .text = "no space left on device" };
	struct wire_msg m;

	(void)state;
	whole_round();
	expect_reply(&asker, 0, "committed");
	ask(&asker);
	expect_begin();
	to_write();
	f.generation = round_no;
	assert_int_equal(wire_send(&rank[1], WIRE_CKPT_FAILED, &f, 1000), 0);
	expect(&rank[0], WIRE_ABORT, &m);
	assert_non_null(strstr(m.u.failed.text, "no space left"));
	expect(&rank[1], WIRE_ABORT, NULL);
	expect_reply(&asker, 1, "rank 1: no space left on device");
	assert_true(exists("1/manifest.json"));
	assert_false(exists("2"));
	whole_round(); /* and the next one works */
	expect_reply(&asker, 0, "generation 3 committed");
}

static void test_image_too_short(void **state)
{
	(void)state;
	ask(&asker);
	expect_begin();
	to_write();
	write_image(0, 100);
	write_image(1, 4711);
	expect_all(WIRE_ABORT);
	expect_reply(&asker, 1, "100 of 4711 bytes");
	assert_false(exists("1"));
}

/* The right size is not enough. */
static void test_image_not_a_file(void **state)
{
	static const char *const kinds[] = { "mkdir", "ln -s rank-0.mana",
					     "mkfifo" };
	char cmd[WIRE_PATH + 128];
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		struct wire_written w = { .bytes = 100, .file = "rank-1.mana" };
		struct stat st;

		ask(&asker);
		expect_begin();
		to_write();
		write_image(0, 100);
		snprintf(cmd, sizeof(cmd), "cd %s && %s rank-1.mana", begun[1],
			 kinds[i]);
		assert_int_equal(system(cmd), 0);
		snprintf(cmd, sizeof(cmd), "%s/rank-1.mana", begun[1]);
		assert_int_equal(lstat(cmd, &st), 0);
		w.bytes = (uint64_t)st.st_size;
		assert_int_equal(wire_send(&rank[1], WIRE_WRITTEN, &w, 1000),
				 0);
		expect_all(WIRE_ABORT);
		expect_reply(&asker, 1, "image of rank 1 is not a file");
	}
}

/* A rank finds its generation by what stands in it. */
static void test_mark(void **state)
{
	struct job_mark m;
	struct reason why;
	struct wire_msg msg;
	int gen;

	(void)state;
	ask(&asker);
	expect(&rank[0], WIRE_CKPT_BEGIN, &msg);
	gen = open(msg.u.begin.dir, O_RDONLY | O_DIRECTORY);
	assert_int_equal(job_mark_read(gen, "", &m, &why), 0);
	close(gen);
	assert_int_equal(strlen(msg.u.begin.round), 32);
	assert_string_equal(m.round, msg.u.begin.round);
	assert_string_equal(m.id, id);
	assert_string_equal(m.program, "fake?[1m");
}

static void test_rank_dies(void **state)
{
	(void)state;
	ask(&asker);
	expect_begin();
	to_stop();
	wire_close(&rank[1]);
	expect(&rank[0], WIRE_ABORT, NULL);
	expect_reply(&asker, 1, "died during the checkpoint");
	ask(&asker);
	expect_reply(&asker, 1, "1 of 2 ranks are connected: rank 1 is gone");
}

static void test_time_limit(void **state)
{
	(void)state;
	ask(&asker);
	expect_begin();
	to_stop();
	say(0, WIRE_STOPPED);
	expect_all(WIRE_ABORT); /* stage_s = 1 */
	expect_reply(&asker, 1, "waited for rank 1");
}

static void test_two_requesters(void **state)
{
	struct wire_conn late;

	(void)state;
	assert_int_equal(join_as(&late, WIRE_COMMAND, 0, "x"), 0);
	ask(&asker);
	expect_begin();
	ask(&late); /* early enough: the same round serves both */
	to_write();
	write_image(0, 100);
	write_image(1, 100);
	expect_all(WIRE_RESUME);
	expect_reply(&asker, 0, "generation 1 committed");
	expect_reply(&late, 0, "generation 1 committed");
	ask(&asker);
	expect_begin();
	to_write();
	ask(&late); /* too late: its image would predate the request */
	assert_int_equal(nanosleep(&(struct timespec){ 0, 50000000 }, NULL), 0);
	write_image(0, 100);
	write_image(1, 100);
	expect_all(WIRE_RESUME);
	expect_reply(&asker, 0, "generation 2 committed");
	expect_begin();
	to_write();
	write_image(0, 100);
	write_image(1, 100);
	expect_all(WIRE_RESUME);
	expect_reply(&late, 0, "generation 3 committed");
	wire_close(&late);
}

static void test_barrier(void **state)
{
	struct wire_barrier bar = { "restart 1" };
	struct wire_msg m;

	(void)state;
	assert_int_equal(wire_send(&rank[0], WIRE_BARRIER, &bar, 1000), 0);
	assert_int_equal(wire_recv(&rank[0], &m, 50), -ETIMEDOUT);
	assert_int_equal(wire_send(&rank[1], WIRE_BARRIER, &bar, 1000), 0);
	expect_all(WIRE_BARRIER_DONE);
}

/* The server has read what has been sent so far: events are in order. */
static void fence(void)
{
	struct wire_request q = { .verb = VERB_STATUS };

	assert_int_equal(wire_send(&asker, WIRE_REQUEST, &q, 1000), 0);
	expect_reply(&asker, 0, "");
}

/* A rank that goes to another barrier does not wait in the first any more; all
 * wait, but not in the same: they will for ever. */
static void test_barrier_moved(void **state)
{
	struct wire_barrier one = { "opened" }, other = { "refused" };

	(void)state;
	assert_int_equal(wire_send(&rank[0], WIRE_BARRIER, &one, 1000), 0);
	assert_int_equal(wire_send(&rank[0], WIRE_BARRIER, &other, 1000), 0);
	fence();
	assert_int_equal(wire_send(&rank[1], WIRE_BARRIER, &other, 1000), 0);
	expect_all(WIRE_BARRIER_DONE);
	assert_int_equal(wire_send(&rank[0], WIRE_BARRIER, &one, 1000), 0);
	assert_int_equal(wire_send(&rank[1], WIRE_BARRIER, &other, 1000), 0);
	expect_all(WIRE_KILL);
	assert_int_equal(wire_send(&rank[1], WIRE_BARRIER, &one, 1000), 0);
	assert_int_equal(wire_send(&rank[0], WIRE_BARRIER, &one, 1000), 0);
	expect_all(WIRE_BARRIER_DONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_commit_and_keep),
		T(test_rank_fails),
		T(test_image_too_short),
		T(test_image_not_a_file),
		T(test_mark),
		T(test_rank_dies),
		T(test_time_limit),
		T(test_two_requesters),
		T(test_barrier),
		T(test_barrier_moved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
