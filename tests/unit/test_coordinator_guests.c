/* SPDX-License-Identifier: MIT */
/* test_coordinator_guests.c - who comes to a server, and what it is told */
#include "fake_job.h"

/* Ranks that are not of one restart do not go on together. */
static void test_mixed_restart(void **state)
{
	struct wire_hello h;
	struct wire_conn c, keep;
	struct wire_welcome welcome;
	struct client_where w;
	char err[WIRE_TEXT];
	uint32_t i;

	(void)state;
	assert_int_equal(client_find(&where, &w, err, sizeof(err)), 0);
	assert_int_equal(
		client_connect(&w, 1000, 5000, &keep, err, sizeof(err)), 0);
	for (i = 0; i < N; i++)
		wire_close(&rank[i]);
	for (i = 0; i < 4; i++) {
		client_hello_init(&h, WIRE_RANK);
		h.size = N;
		h.rank = i > 0;
		h.flags = WIRE_RESTARTED;
		h.generation = i == 1 ? 6 : 7;
		strcpy(h.id, i == 2 ? "another" : "the one");
		strcpy(h.job, "job2");
		assert_int_equal(client_join(&where, &h, i ? &c : &rank[0],
					     NULL, NULL, err, sizeof(err)),
				 i == 1 || i == 2 ? -EINVAL : 0);
		if (i == 1)
			assert_non_null(strstr(err, "generation 7, rank 1 "
						    "another, 6"));
		if (i == 2)
			assert_non_null(strstr(err, "another job"));
	}
	wire_close(&c);
	wire_close(&rank[0]);
	/* Rank 0 has called exec before rank 1 was there. */
	for (i = 0; i < 2; i++) {
		client_hello_init(&h, WIRE_RANK);
		h.size = 2;
		h.rank = i == 0;
		strcpy(h.id, i ? "first" : "second");
		strcpy(h.job, "job3");
		assert_int_equal(client_join(&where, &h, i ? &c : &rank[0],
					     NULL, &welcome, err, sizeof(err)),
				 0);
		assert_string_equal(welcome.id, "second");
	}
	wire_close(&rank[0]);
	wire_close(&c);
	wire_close(&keep);
}

/* What makes another coordinator like this one; and a word before it ends. */
static void test_settings(void **state)
{
	struct wire_request q = { .verb = VERB_INTERVAL, .arg = 77 };
	struct wire_msg m;

	(void)state;
	assert_int_equal(wire_send(&asker, WIRE_REQUEST, &q, 1000), 0);
	expect_reply(&asker, 0, "");
	expect(&rank[1], WIRE_SETTINGS, &m);
	assert_int_equal(m.u.settings.interval, 77);
	assert_int_equal(m.u.settings.keep, 2);
	assert_int_equal(m.u.settings.target_s, 5);
	assert_int_equal(m.u.settings.stage_s, 1);
	q.verb = VERB_QUIT;
	assert_int_equal(wire_send(&asker, WIRE_REQUEST, &q, 1000), 0);
	expect_reply(&asker, 0, "");
	expect(&rank[1], WIRE_GOODBYE, NULL);
}

/* -i: the first rank is told of each reason, once, whatever its numbers. */
static void test_told_once(void **state)
{
	static const char *const whys[] = { "disk 1 full", "disk 22 full",
					    "no\033 room", "disk 3 full" };
	struct wire_failed f = { 0 };
	struct wire_request q = { .verb = VERB_INTERVAL, .arg = 1 };
	struct wire_request status = { .verb = VERB_STATUS };
	struct wire_msg m;
	int i, told = 0;

	(void)state;
	assert_int_equal(wire_send(&asker, WIRE_REQUEST, &q, 1000), 0);
	expect_reply(&asker, 0, "");
	expect_all(WIRE_SETTINGS);
	for (i = 0; i < 4; i++) {
		expect_begin();
		f.generation = round_no;
		snprintf(f.text, sizeof(f.text), "%s", whys[i]);
		wire_send(&rank[1], WIRE_CKPT_FAILED, &f, 1000);
		expect_all(WIRE_ABORT);
		/* answered after that has been dealt with */
		assert_int_equal(wire_send(&asker, WIRE_REQUEST, &status, 1000),
				 0);
		expect_reply(&asker, 0, "");
		if (wire_recv(&rank[0], &m, 20) == 0) {
			assert_string_equal(wire_name(m.type), "NOTE");
			told |= 1 << i;
		}
		assert_int_equal(wire_recv(&rank[1], &m, 0), -ETIMEDOUT);
	}
	assert_int_equal(told, 1 | 4);
}

/* Who says nothing makes room for who does. */
static void test_strangers(void **state)
{
	static struct wire_conn c[SERVER_STRANGERS + 100];
	struct wire_conn late;
	struct client_where w;
	struct wire_msg m;
	char err[WIRE_TEXT];
	size_t i, n = sizeof(c) / sizeof(*c);

	(void)state;
	assert_int_equal(client_find(&where, &w, err, sizeof(err)), 0);
	for (i = 0; i < n; i++)
		assert_int_equal(
			client_connect(&w, 5000, 5000, &c[i], err, sizeof(err)),
			0);
	assert_int_equal(join_as(&late, WIRE_COMMAND, 0, "x"), 0);
	assert_int_equal(wire_recv(&c[0], &m, 2000), -ECONNRESET);
	assert_int_equal(wire_recv(&c[n - 1], &m, 0), -ETIMEDOUT);
	whole_round();
	expect_reply(&asker, 0, "committed");
	for (i = 0; i < n; i++)
		wire_close(&c[i]);
	wire_close(&late);
}

static void test_refusals(void **state)
{
	struct client_where w;
	struct wire_conn c;
	char err[WIRE_TEXT];

	(void)state;
	assert_int_equal(join_as(&c, WIRE_RANK, 0, "job2"), -EBUSY);
	assert_int_equal(join_as(&c, WIRE_RANK, 0, "job1"), -EBUSY);
	assert_int_equal(join_as(&c, WIRE_RANK, N, "job1"), -EINVAL);
	assert_int_equal(client_find(&where, &w, err, sizeof(err)), 0);
	w.secret[0] ^= 1;
	assert_int_equal(client_connect(&w, 1000, 5000, &c, err, sizeof(err)),
			 -EKEYREJECTED);
	assert_null(strstr(err, w.secret));
}

/* Not the secret of this coordinator: none, a part of it, more than it, and
 * that of another time. */
static void test_secrets(void **state)
{
	char secret[WIRE_SECRET] = "", err[WIRE_TEXT];
	struct client_where w, right;
	struct wire_hello h;
	struct wire_conn c;
	int i;

	(void)state;
	assert_int_equal(client_find(&where, &right, err, sizeof(err)), 0);
	for (i = 0; i < 4; i++) {
		memcpy(secret, right.secret, sizeof(secret));
		if (i < 2)
			memset(secret + 31 * i, 0, sizeof(secret) - 31 * i);
		else if (i == 2)
			secret[15] ^= 1;
		else
			assert_int_equal(job_id(secret), 0);
		w = right;
		memcpy(w.secret, secret, sizeof(secret));
		assert_int_equal(
			client_connect(&w, 1000, 5000, &c, err, sizeof(err)),
			-EKEYREJECTED);
		assert_null(strstr(err, right.secret));
		/* one that does not mind that it cannot know us */
		assert_int_equal(client_connect(&right, 1000, 5000, &c, err,
						sizeof(err)),
				 0);
		client_hello_init(&h, WIRE_RANK);
		assert_int_equal(
			client_hello(&c, &w, &h, NULL, 5000, err, sizeof(err)),
			-EKEYREJECTED);
		assert_non_null(strstr(err, "wrong secret"));
		assert_null(strstr(err, right.secret));
		wire_close(&c);
	}
	whole_round();
	expect_reply(&asker, 0, "committed");
}

/* Names from the wire that would lead out of the generation's directory. */
static void test_names(void **state)
{
	static const char *const names[] = { "../rank-1.mana", "/etc/passwd",
					     "rank-0.mana", "rank-01.mana",
					     "" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct wire_written w = { .bytes = 100 };

		ask(&asker);
		expect_begin();
		to_write();
		write_image(0, 100);
		strcpy(w.file, names[i]);
		assert_int_equal(wire_send(&rank[1], WIRE_WRITTEN, &w, 1000),
				 0);
		expect_all(WIRE_ABORT);
		expect_reply(&asker, 1, "rank 1: WRITTEN");
	}
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
	assert_int_equal(client_connect(&w, 1000, 5000, &c, err, sizeof(err)),
			 0);
	assert_int_equal(write(c.fd, "GET / HTTP/1.1\r\n\r\n", 18), 18);
	assert_int_equal(wire_recv(&c, &m, 2000), -ECONNRESET);
	wire_close(&c);
	assert_int_equal(client_connect(&w, 1000, 5000, &c, err, sizeof(err)),
			 0);
	assert_int_equal(wire_send(&c, WIRE_STOPPED, NULL, 1000), 0);
	assert_int_equal(wire_recv(&c, &m, 2000), -ECONNRESET);
	wire_close(&c);
	whole_round();
	expect_reply(&asker, 0, "committed");
}

static void test_lock(void **state)
{
	char err[WIRE_TEXT];
	int fd = open(dir, O_RDONLY | O_DIRECTORY);

	(void)state;
	assert_int_equal(
		rendezvous_lock(fd, dir, LOCK_COORDINATOR, err, sizeof(err)),
		-EAGAIN);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_mixed_restart), T(test_settings), T(test_told_once),
		T(test_strangers),     T(test_refusals), T(test_nonsense),
		T(test_lock),	       T(test_secrets),	 T(test_names),
	};
	struct rlimit l;

	getrlimit(RLIMIT_NOFILE, &l);
	l.rlim_cur = l.rlim_max;
	setrlimit(RLIMIT_NOFILE, &l);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
