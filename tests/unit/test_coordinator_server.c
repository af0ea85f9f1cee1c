/* SPDX-License-Identifier: MIT */
/* test_coordinator_server.c - a real server over TCP, with fake ranks
 *
 * The server runs in a child; ranks and commands are connections of ours.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>
#include "../../coordinator/generation.h"
#include "../../coordinator/rendezvous.h"
#include "../../coordinator/server.h"

#define N 2

static char dir[64], begun[N][WIRE_PATH];
static uint64_t round_no;
static pid_t server;
static struct wire_conn rank[N], asker;
static struct client_options where;

static void serve(void)
{
	struct server_options o = { .ckptdir = dir, .keep = 2, .quiet = 1,
				    .target_s = 5, .stage_s = 1,
				    .exit_on_last = 1 };
	static struct server s;
	char err[WIRE_TEXT];
	int rc;

	log_init(1);
	rc = server_open(&s, &o, err, sizeof(err));
	if (rc)
		_exit(99);
	server_run(&s);
	server_close(&s);
	_exit(0);
}

static int join_as(struct wire_conn *c, enum wire_kind kind, uint32_t number,
		   const char *job)
{
	struct wire_hello h;
	struct wire_welcome w;
	char err[WIRE_TEXT];

	client_hello_init(&h, kind);
	h.rank = number;
	h.size = N;
	strcpy(h.job, job);
	strcpy(h.program, "fake\033[1m"); /* no escapes on terminals */
	return client_join(&where, &h, c, NULL, &w, err, sizeof(err));
}

static int setup(void **state)
{
	const struct timespec pause = { 0, 5000000 };
	struct client_where w;
	char err[WIRE_TEXT];
	uint32_t i;

	(void)state;
	strcpy(dir, "/tmp/mana-test-XXXXXX");
	assert_non_null(mkdtemp(dir));
	where = (struct client_options){ .ckptdir = dir };
	server = fork();
	if (!server)
		serve();
	for (i = 0; i < 1000 && client_find(&where, &w, err, sizeof(err));
	     i++)
		nanosleep(&pause, NULL);
	assert_int_equal(join_as(&asker, WIRE_COMMAND, 0, "x"), 0);
	for (i = 0; i < N; i++)
		assert_int_equal(join_as(&rank[i], WIRE_RANK, i, "job1"), 0);
	return 0;
}

static int teardown(void **state)
{
	char cmd[128];
	int i, status = 1;

	(void)state;
	for (i = 0; i < N; i++)
		wire_close(&rank[i]);
	wire_close(&asker);
	assert_int_equal(waitpid(server, &status, 0), server);
	assert_true(WIFEXITED(status) && !WEXITSTATUS(status));
	snprintf(cmd, sizeof(cmd), "rm -r %s", dir);
	return system(cmd);
}

static void expect(struct wire_conn *c, uint32_t type, struct wire_msg *m)
{
	struct wire_msg drop;

	if (!m)
		m = &drop;
	assert_int_equal(wire_recv(c, m, 5000), 0);
	assert_string_equal(wire_name(m->type), wire_name(type));
}

static void expect_all(uint32_t type)
{
	uint32_t i;

	for (i = 0; i < N; i++)
		expect(&rank[i], type, NULL);
}

static void say(uint32_t i, uint32_t type)
{
	struct wire_stage m = { .generation = round_no };

	assert_int_equal(wire_send(&rank[i], type, &m, 1000), 0);
}

static void say_all(uint32_t type)
{
	uint32_t i;

	for (i = 0; i < N; i++)
		say(i, type);
}

static void ask(struct wire_conn *c)
{
	struct wire_request q = { .verb = VERB_CHECKPOINT, .wait = 1 };

	assert_int_equal(wire_send(c, WIRE_REQUEST, &q, 1000), 0);
}

/* Up to the stage of clocks. */
static void expect_begin(void)
{
	struct wire_msg m;
	uint32_t i;

	for (i = 0; i < N; i++) {
		expect(&rank[i], WIRE_CKPT_BEGIN, &m);
		round_no = m.u.begin.generation;
		strcpy(begun[i], m.u.begin.dir);
	}
}

static void to_stop(void)
{
	struct wire_clocks c = { .generation = round_no };
	struct wire_state s = { .epoch = 1 };
	uint32_t i;

	for (i = 0; i < N; i++)
		assert_int_equal(wire_send(&rank[i], WIRE_CLOCK, &c, 1000), 0);
	expect_all(WIRE_TARGETS);
	for (i = 0; i < N; i++)
		assert_int_equal(wire_send(&rank[i], WIRE_STATE, &s, 1000), 0);
	expect_all(WIRE_STOP);
}

/* A file of 100 bytes; what the rank says it wrote is `said` bytes. */
static void write_image(uint32_t i, uint64_t said)
{
	struct wire_written w = { .bytes = said, .raw_bytes = 1000,
				  .digest = 0xabc };
	char path[WIRE_PATH + 64];
	int fd;

	snprintf(w.file, sizeof(w.file), "rank-%u.mana", i);
	snprintf(path, sizeof(path), "%s/%s", begun[i], w.file);
	fd = open(path, O_CREAT | O_WRONLY, 0600);
	assert_true(fd >= 0 && ftruncate(fd, 100) == 0);
	close(fd);
	assert_int_equal(wire_send(&rank[i], WIRE_WRITTEN, &w, 1000), 0);
}

static void to_write(void)
{
	to_stop();
	say_all(WIRE_STOPPED);
	expect_all(WIRE_DRAIN);
	say_all(WIRE_DRAINED);
	expect_all(WIRE_WRITE);
}

static void whole_round(void)
{
	ask(&asker);
	expect_begin();
	to_write();
	write_image(0, 100);
	write_image(1, 100);
	expect_all(WIRE_RESUME);
}

static void expect_reply(struct wire_conn *c, uint32_t code, const char *part)
{
	struct wire_msg m;

	expect(c, WIRE_REPLY, &m);
	assert_int_equal(m.u.reply.code, code);
	if (!strstr(m.u.reply.text, part))
		fail_msg("'%s' not in '%s'", part, m.u.reply.text);
}

static int exists(const char *what)
{
	char path[256];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", dir, what);
	return lstat(path, &st) == 0;
}

static void test_commit_and_keep(void **state)
{
	struct manifest m;
	char path[256], err[WIRE_TEXT], to[32] = "";
	int i;

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
	assert_int_equal(manifest_read(path, &m, err, sizeof(err)), 0);
	assert_int_equal(m.generation, 4);
	assert_int_equal(m.size, N);
	assert_int_equal(m.ranks[1].digest, 0xabc);
	assert_string_equal(m.ranks[1].file, "rank-1.mana");
	assert_string_equal(m.program, "fake?[1m");
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
	expect_reply(&asker, 1, "has 100 bytes, not 4711");
	assert_false(exists("1"));
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

static void test_refusals(void **state)
{
	struct client_where w;
	struct wire_hello h;
	struct wire_conn c;
	char err[WIRE_TEXT];

	(void)state;
	assert_int_equal(join_as(&c, WIRE_RANK, 0, "job2"), -EBUSY);
	assert_int_equal(join_as(&c, WIRE_RANK, 0, "job1"), -EBUSY);
	assert_int_equal(join_as(&c, WIRE_RANK, N, "job1"), -EINVAL);
	assert_int_equal(client_find(&where, &w, err, sizeof(err)), 0);
	w.secret[0] ^= 1;
	assert_int_equal(client_connect(&w, 1000, &c, err, sizeof(err)), 0);
	client_hello_init(&h, WIRE_COMMAND);
	assert_int_equal(client_hello(&c, &w, &h, NULL, 1000, err,
				      sizeof(err)), -EACCES);
	assert_null(strstr(err, w.secret));
	wire_close(&c);
}

/* A rank that talks nonsense is dropped; the server lives. */
static void test_nonsense(void **state)
{
	struct client_where w;
	struct wire_conn c;
	struct wire_msg m;
	char err[WIRE_TEXT];

	(void)state;
	assert_int_equal(client_find(&where, &w, err, sizeof(err)), 0);
	assert_int_equal(client_connect(&w, 1000, &c, err, sizeof(err)), 0);
	assert_int_equal(write(c.fd, "GET / HTTP/1.1\r\n\r\n", 18), 18);
	assert_int_equal(wire_recv(&c, &m, 2000), -ECONNRESET);
	wire_close(&c);
	assert_int_equal(client_connect(&w, 1000, &c, err, sizeof(err)), 0);
	assert_int_equal(wire_send(&c, WIRE_STOPPED, NULL, 1000), 0);
	assert_int_equal(wire_recv(&c, &m, 2000), -ECONNRESET);
	wire_close(&c);
	whole_round();
	expect_reply(&asker, 0, "committed");
}

static void test_lock(void **state)
{
	char err[WIRE_TEXT];

	(void)state;
	assert_int_equal(rendezvous_lock(dir, LOCK_COORDINATOR, err,
					 sizeof(err)), -EAGAIN);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_commit_and_keep), T(test_rank_fails),
		T(test_image_too_short), T(test_rank_dies),
		T(test_time_limit), T(test_two_requesters), T(test_barrier),
		T(test_refusals), T(test_nonsense), T(test_lock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
