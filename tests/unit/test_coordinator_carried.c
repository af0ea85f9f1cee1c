/* SPDX-License-Identifier: MIT */
/* test_coordinator_carried.c - ranks that come by a gatherer's connection
 *
 * Rank 0 has a connection of its own, rank 1 has channel CHANNEL of one.
 */
#include "../../common/handshake.h"
#include "../../common/wire_codec.h"
#include "fake_job.h"

#define CHANNEL 5

static struct wire_conn g;

static void send_of(uint32_t channel, uint32_t type, const void *msg)
{
	assert_int_equal(wire_queue_of(&g, channel, type, msg), 0);
	assert_int_equal(wire_flush(&g), 0);
}

/* The next frame is OF this channel and type. */
static void expect_of(uint32_t channel, uint32_t type, struct wire_msg *m)
{
	struct wire_msg of, drop;

	expect(&g, WIRE_OF, &of);
	assert_string_equal(wire_name(of.u.of.type), wire_name(type));
	assert_int_equal(of.u.of.channel, channel);
	assert_int_equal(wire_unpack(of.u.of.type, of.u.of.body, of.u.of.len,
				     m ? m : &drop),
			 0);
}

static void gatherer_join(struct client_where *w)
{
	struct wire_hello h;
	char err[WIRE_TEXT];

	assert_int_equal(client_find(&where, w, err, sizeof(err)), 0);
	assert_int_equal(client_connect(w, 1000, 5000, &g, err, sizeof(err)),
			 0);
	client_hello_init(&h, WIRE_GATHERER);
	assert_int_equal(client_hello(&g, w, &h, NULL, 5000, err, sizeof(err)),
			 0);
}

/* What a rank says to join, by this channel. */
static void introduce(const struct client_where *w, uint32_t channel,
		      uint32_t kind, uint32_t flags)
{
	struct wire_conn end = { .fd = -1 };
	struct wire_call call;
	struct wire_hello h;
	struct wire_msg m;

	send_of(channel, WIRE_OPENED, NULL);
	assert_int_equal(handshake_call(&end, &call), 0);
	send_of(channel, WIRE_CALL, &call);
	expect_of(channel, WIRE_GREETING, &m);
	assert_true(handshake_is_known(&end, w->secret, &m.u.greeting));
	client_hello_init(&h, kind);
	h.rank = 1;
	h.size = N;
	h.flags = flags;
	strcpy(h.job, "job1");
	assert_int_equal(handshake_prove(&end, w->secret, &h), 0);
	send_of(channel, WIRE_HELLO, &h);
}

static void carry(void)
{
	struct wire_code bye = { 0 };
	struct client_where w;
	struct wire_msg m;

	assert_int_equal(wire_send(&rank[1], WIRE_GOODBYE, &bye, 1000), 0);
	assert_int_equal(wire_recv(&rank[1], &m, 5000), -ECONNRESET);
	wire_close(&rank[1]);
	gatherer_join(&w);
	introduce(&w, CHANNEL, WIRE_RANK, WIRE_RECONNECT);
	expect_of(CHANNEL, WIRE_WELCOME, NULL);
	expect_of(CHANNEL, WIRE_SETTINGS, NULL);
}

static void begin_carried(void)
{
	struct wire_msg m;
	uint32_t i;

	ask(&asker);
	expect(&rank[0], WIRE_CKPT_BEGIN, &m);
	round_no = m.u.begin.generation;
	for (i = 0; i < N; i++)
		strcpy(begun[i], m.u.begin.dir);
	expect_of(WIRE_ALL, WIRE_CKPT_BEGIN, NULL);
}

/* Both ranks say it, and both get the answer. */
static void both(uint32_t type, const void *msg, uint32_t answer)
{
	assert_int_equal(wire_send(&rank[0], type, msg, 1000), 0);
	send_of(CHANNEL, type, msg);
	expect(&rank[0], answer, NULL);
	expect_of(answer == WIRE_TARGETS ? CHANNEL : WIRE_ALL, answer, NULL);
}

static void test_round_carried(void **state)
{
	struct wire_clock v = { { 1, 2 }, 3, N, 0 };
	struct wire_written w = { 100, 1000, 0xabc, 0, "rank-1.mana" };
	struct wire_clocks c = { .n = 1, .v = &v };
	struct wire_state s = { .epoch = 1 };
	struct wire_stage m = { 0 };
	int i;

	(void)state;
	carry();
	for (i = 0; i < 3; i++) {
		begin_carried();
		c.generation = m.generation = round_no;
		both(WIRE_CLOCK, &c, WIRE_TARGETS);
		both(WIRE_STATE, &s, WIRE_STOP);
		both(WIRE_STOPPED, &m, WIRE_DRAIN);
		both(WIRE_DRAINED, &m, WIRE_WRITE);
		write_image(0, 100);
		make_image(1, w.file);
		send_of(CHANNEL, WIRE_WRITTEN, &w);
		expect(&rank[0], WIRE_RESUME, NULL);
		expect_of(WIRE_ALL, WIRE_RESUME, NULL);
		expect_reply(&asker, 0, "committed: 2 ranks");
	}
	wire_close(&g);
}

/* The gatherer says that a rank is gone. */
static void test_rank_lost(void **state)
{
	struct client_where w;

	(void)state;
	carry();
	begin_carried();
	send_of(CHANNEL, WIRE_CLOSED, NULL);
	expect_reply(&asker, 1, "rank 1");
	expect(&rank[0], WIRE_ABORT, NULL);
	expect_of(WIRE_ALL, WIRE_ABORT, NULL);
	expect_of(CHANNEL, WIRE_CLOSED, NULL);
	assert_true(exists("ended"));
	/* the channel may be used again */
	assert_int_equal(client_find(&where, &w, begun[0], WIRE_PATH), 0);
	introduce(&w, CHANNEL, WIRE_RANK, WIRE_RECONNECT);
	expect_of(CHANNEL, WIRE_WELCOME, NULL);
	expect_of(CHANNEL, WIRE_SETTINGS, NULL);
	assert_false(exists("ended"));
	wire_close(&g);
}

/* That costs the round alone, if the rank comes back. */
static void test_gatherer_lost(void **state)
{
	struct timespec longer = { 2, 0 };

	(void)state;
	carry();
	begin_carried();
	wire_close(&g);
	expect_reply(&asker, 1, "was cut off by the end of its gatherer");
	expect(&rank[0], WIRE_ABORT, NULL);
	assert_false(exists("ended"));
	assert_int_equal(join_as(&rank[1], WIRE_RANK, 1, "job1"), 0);
	expect(&rank[1], WIRE_SETTINGS, NULL);
	nanosleep(&longer, NULL);
	assert_false(exists("ended"));
	whole_round();
	expect_reply(&asker, 0, "committed: 2 ranks");
}

/* If it does not, it is lost. */
static void test_rank_adrift(void **state)
{
	const struct timespec pause = { 0, 20000000 };
	int i;

	(void)state;
	carry();
	wire_close(&g);
	for (i = 0; i < 500 && !exists("ended"); i++)
		nanosleep(&pause, NULL);
	assert_true(exists("ended"));
}

/* A rank that comes by another way gives up the channel that it had. */
static void test_other_way(void **state)
{
	struct wire_msg m;
	struct client_where w;

	(void)state;
	carry();
	assert_int_equal(client_find(&where, &w, begun[0], WIRE_PATH), 0);
	introduce(&w, 0, WIRE_RANK, 0);
	expect_of(0, WIRE_REFUSED, &m); /* it need not be the same process */
	assert_int_equal(m.u.refused.code, EBUSY);
	expect_of(0, WIRE_CLOSED, NULL);
	send_of(0, WIRE_CLOSED, NULL);
	introduce(&w, 0, WIRE_RANK, WIRE_RECONNECT);
	expect_of(0, WIRE_REFUSED, &m);
	assert_int_equal(m.u.refused.code, EBUSY);
	expect_of(CHANNEL, WIRE_CLOSED, NULL);
	expect_of(0, WIRE_CLOSED, NULL);
	send_of(0, WIRE_CLOSED, NULL);
	/* what is still on its way of the old one is nobody's */
	send_of(CHANNEL, WIRE_FINISHED, NULL);
	send_of(CHANNEL, WIRE_CLOSED, NULL);
	introduce(&w, 0, WIRE_RANK, WIRE_RECONNECT);
	expect_of(0, WIRE_WELCOME, NULL);
	expect_of(0, WIRE_SETTINGS, NULL);
	wire_close(&g);
}

/* What a rank says wrong ends its channel, and no other. */
static void test_bad_rank(void **state)
{
	static const uint8_t nonsense[16] = { 255, 255, 255, 255 };
	struct wire_of of = { 1, WIRE_HELLO, 16, 0, nonsense };
	struct client_where w;
	struct wire_msg m;

	(void)state;
	carry();
	assert_int_equal(client_find(&where, &w, begun[0], WIRE_PATH), 0);
	send_of(1, WIRE_OPENED, NULL);
	assert_int_equal(wire_send(&g, WIRE_OF, &of, 1000), 0);
	expect_of(1, WIRE_CLOSED, NULL);
	send_of(2, WIRE_OPENED, NULL);
	send_of(2, WIRE_STOPPED, NULL); /* before HELLO */
	expect_of(2, WIRE_CLOSED, NULL);
	introduce(&w, 3, WIRE_COMMAND, 0);
	expect_of(3, WIRE_REFUSED, &m);
	assert_int_equal(m.u.refused.code, EINVAL);
	expect_of(3, WIRE_CLOSED, NULL);
	introduce(&w, 4, WIRE_GATHERER, 0);
	expect_of(4, WIRE_REFUSED, &m);
	expect_of(4, WIRE_CLOSED, NULL);
	begin_carried(); /* rank 1 is still there */
	wire_close(&g);
	expect_reply(&asker, 1, "its gatherer");
}

/* What a gatherer says wrong ends its connection. */
static void test_bad_gatherer(void **state)
{
	static const struct {
		uint32_t channel, type;
		int opened; /* beforehand */
	} bad[] = {
		{ 0, WIRE_CALL, 0 },	      { 0, WIRE_CLOSED, 0 },
		{ 4096, WIRE_OPENED, 0 },     { WIRE_ALL, WIRE_OPENED, 0 },
		{ WIRE_ALL, WIRE_CLOSED, 1 }, { 1000, WIRE_CALL, 1 },
		{ 0, WIRE_OPENED, 1 },	      { 0, WIRE_OF, 1 },
	};
	struct client_where w;
	struct wire_msg m;
	size_t i;
	int rc;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		gatherer_join(&w);
		if (bad[i].opened)
			send_of(0, WIRE_OPENED, NULL);
		send_of(bad[i].channel, bad[i].type, NULL);
		do /* of those that it has closed */
			rc = wire_recv(&g, &m, 5000);
		while (!rc);
		assert_int_equal(rc, -ECONNRESET);
		wire_close(&g);
	}
	gatherer_join(&w);
	assert_int_equal(wire_send(&g, WIRE_STOPPED, NULL, 1000), 0);
	assert_int_equal(wire_recv(&g, &m, 5000), -ECONNRESET);
	wire_close(&g);
	whole_round();
	expect_reply(&asker, 0, "committed");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_round_carried), T(test_rank_lost), T(test_gatherer_lost),
		T(test_rank_adrift),   T(test_other_way), T(test_bad_rank),
		T(test_bad_gatherer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
