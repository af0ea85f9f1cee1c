/* SPDX-License-Identifier: MIT */
/* fake_job.h - a real server over TCP, with fake ranks
 *
 * The server runs in a child; ranks and commands are connections of ours.
 */
#ifndef MANA_FAKE_JOB_H
#define MANA_FAKE_JOB_H

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>
#include "../../client/rendezvous.h"
#include "../../common/generation.h"
#include "../../coordinator/log.h"
#include "../../coordinator/server.h"

#define N 2

static char dir[64], begun[N][WIRE_PATH], id[WIRE_ID];
static uint64_t round_no;
static pid_t server;
static struct wire_conn rank[N], asker;
static struct client_options where;

static inline void serve(void)
{
	struct server_options o = { .ckptdir = dir,
				    .keep = 2,
				    .quiet = 1,
				    .target_s = 5,
				    .stage_s = 1,
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

static inline int join_as(struct wire_conn *c, enum wire_kind kind,
			  uint32_t number, const char *job)
{
	struct wire_hello h;
	struct wire_welcome w;
	char err[WIRE_TEXT];
	int rc;

	client_hello_init(&h, kind);
	h.rank = number;
	h.size = N;
	strcpy(h.job, job);
	strcpy(h.program, "fake\033[1m"); /* no escapes on terminals */
	rc = client_join(&where, &h, c, NULL, &w, err, sizeof(err));
	if (kind == WIRE_RANK && !rc)
		strcpy(id, w.id);
	return rc;
}

static inline void expect(struct wire_conn *c, uint32_t type,
			  struct wire_msg *m)
{
	struct wire_msg drop;

	if (!m)
		m = &drop;
	assert_int_equal(wire_recv(c, m, 5000), 0);
	assert_string_equal(wire_name(m->type), wire_name(type));
}

static inline int setup(void **state)
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
	for (i = 0; i < 1000 && client_find(&where, &w, err, sizeof(err)); i++)
		nanosleep(&pause, NULL);
	assert_int_equal(join_as(&asker, WIRE_COMMAND, 0, "x"), 0);
	for (i = 0; i < N; i++) {
		assert_int_equal(join_as(&rank[i], WIRE_RANK, i, "job1"), 0);
		expect(&rank[i], WIRE_SETTINGS, NULL);
	}
	return 0;
}

static inline int teardown(void **state)
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

static inline void expect_all(uint32_t type)
{
	uint32_t i;

	for (i = 0; i < N; i++)
		expect(&rank[i], type, NULL);
}

static inline void say(uint32_t i, uint32_t type)
{
	struct wire_stage m = { .generation = round_no };

	assert_int_equal(wire_send(&rank[i], type, &m, 1000), 0);
}

static inline void say_all(uint32_t type)
{
	uint32_t i;

	for (i = 0; i < N; i++)
		say(i, type);
}

static inline void ask(struct wire_conn *c)
{
	struct wire_request q = { .verb = VERB_CHECKPOINT, .wait = 1 };

	assert_int_equal(wire_send(c, WIRE_REQUEST, &q, 1000), 0);
}

/* Up to the stage of clocks. */
static inline void expect_begin(void)
{
	struct wire_msg m;
	uint32_t i;

	for (i = 0; i < N; i++) {
		expect(&rank[i], WIRE_CKPT_BEGIN, &m);
		round_no = m.u.begin.generation;
		strcpy(begun[i], m.u.begin.dir);
	}
}

static inline void to_stop(void)
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

/* A file of 100 bytes. */
static inline void make_image(uint32_t i, const char *file)
{
	char path[WIRE_PATH + WIRE_NAME + 2];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", begun[i], file);
	fd = open(path, O_CREAT | O_WRONLY, 0600);
	assert_true(fd >= 0 && ftruncate(fd, 100) == 0);
	close(fd);
}

/* The same; what the rank says it wrote is `said` bytes. */
static inline void write_image(uint32_t i, uint64_t said)
{
	struct wire_written w = { .bytes = said,
				  .raw_bytes = 1000,
				  .digest = 0xabc };

	snprintf(w.file, sizeof(w.file), "rank-%u.mana", i);
	make_image(i, w.file);
	assert_int_equal(wire_send(&rank[i], WIRE_WRITTEN, &w, 1000), 0);
}

static inline void to_write(void)
{
	to_stop();
	say_all(WIRE_STOPPED);
	expect_all(WIRE_DRAIN);
	say_all(WIRE_DRAINED);
	expect_all(WIRE_WRITE);
}

static inline void whole_round(void)
{
	ask(&asker);
	expect_begin();
	to_write();
	write_image(0, 100);
	write_image(1, 100);
	expect_all(WIRE_RESUME);
}

static inline void expect_reply(struct wire_conn *c, uint32_t code,
				const char *part)
{
	struct wire_msg m;
	const char *text;

	expect(c, WIRE_REPLY, &m);
	assert_int_equal(m.u.reply.code, code);
	text = m.u.reply.text ? m.u.reply.text : "";
	if (!strstr(text, part))
		fail_msg("'%s' not in '%s'", part, text);
}

static inline int exists(const char *what)
{
	char path[256];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", dir, what);
	return lstat(path, &st) == 0;
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

#endif
