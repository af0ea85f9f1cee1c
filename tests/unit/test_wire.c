/* SPDX-License-Identifier: MIT */
/* test_wire.c - framing and codec, with honest and dishonest peers */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>
#include "../../common/wire_codec.h"

static struct wire_conn a, b;

static int setup(void **state)
{
	int fd[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	wire_init(&a, fd[0]);
	wire_init(&b, fd[1]);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	wire_close(&a);
	wire_close(&b);
	return 0;
}

static void test_hello(void **state)
{
	struct wire_hello h = { .kind = WIRE_RANK,
				.rank = 3,
				.size = 4,
				.pid = 99,
				.generation = 1ULL << 40,
				.proof = { 1, 0, 255 },
				.host = "h",
				.job = "j",
				.mpi = "",
				.program = "/a/b" };
	struct wire_msg m;

	(void)state;
	assert_int_equal(wire_send(&a, WIRE_HELLO, &h, 1000), 0);
	assert_int_equal(wire_recv(&b, &m, 1000), 0);
	assert_int_equal(m.type, WIRE_HELLO);
	assert_memory_equal(&m.u.hello, &h, sizeof(h));
	assert_int_equal(wire_recv(&b, &m, 0), -ETIMEDOUT);
	wire_close(&a);
	assert_int_equal(wire_recv(&b, &m, 1000), -ECONNRESET);
}

static void test_arrays(void **state)
{
	struct wire_clock v[100];
	struct wire_state s = { .epoch = 2, .inside = 1, .n = 100, .v = v };
	struct wire_msg m;

	(void)state;
	b.trusted = 1;
	memset(v, 0x5a, sizeof(v));
	assert_int_equal(wire_send(&a, WIRE_STATE, &s, 1000), 0);
	assert_int_equal(wire_send(&a, WIRE_STOP, NULL, 1000), 0);
	assert_int_equal(wire_recv(&b, &m, 1000), 0);
	assert_int_equal(m.u.state.n, 100);
	assert_int_equal((uintptr_t)m.u.state.v % 8, 0);
	assert_memory_equal(m.u.state.v, v, sizeof(v));
	assert_int_equal(wire_next(&b, &m), 0);
	assert_int_equal(m.type, WIRE_STOP);
	assert_int_equal(wire_next(&b, &m), -ETIMEDOUT);
	assert_int_equal(wire_recv(&b, &m, 0), -ETIMEDOUT);
	assert_int_equal(wire_send(&a, WIRE_STOP, NULL, 1000), 0);
	assert_int_equal(wire_next(&b, &m), -ETIMEDOUT); /* it does not look */
	assert_int_equal(wire_recv(&b, &m, 0), 0);
	assert_int_equal(m.type, WIRE_STOP);
}

/* More than the socket takes: queue and flush as the coordinator does. */
static void test_big_reply(void **state)
{
	size_t len = 3 << 20;
	char *text = malloc(len + 1);
	struct wire_reply r = { .text = text };
	struct wire_msg m = { 0 };
	int rc = 1, got = -ETIMEDOUT;

	(void)state;
	memset(text, 'x', len);
	text[len] = 0;
	b.trusted = 1;
	assert_int_equal(wire_queue(&a, WIRE_REPLY, &r), 0);
	while (rc || got) {
		rc = wire_flush(&a);
		assert_true(rc >= 0);
		got = wire_recv(&b, &m, 0);
		assert_true(got == 0 || got == -ETIMEDOUT);
	}
	assert_int_equal(strlen(m.u.reply.text), len);
	free(text);
}

static void test_does_not_fit(void **state)
{
	struct wire_barrier bar;
	char *huge = malloc(WIRE_LEN_TEXT + 1);
	struct wire_reply r = { .text = huge };

	(void)state;
	memset(&bar, 'x', sizeof(bar)); /* no NUL */
	assert_int_equal(wire_queue(&a, WIRE_BARRIER, &bar), -EINVAL);
	memset(huge, 'x', WIRE_LEN_TEXT);
	huge[WIRE_LEN_TEXT] = 0;
	assert_int_equal(wire_queue(&a, WIRE_REPLY, &r), -EINVAL);
	assert_int_equal(wire_queue(&a, 999, &r), -EINVAL);
	free(huge);
}

/* Send raw bytes and see what the receiver says. */
static int say(const void *p, size_t len)
{
	struct wire_msg m;

	assert_int_equal(write(a.fd, p, len), len);
	return wire_recv(&b, &m, 0);
}

static void test_bad_header(void **state)
{
	struct wire_header good = { WIRE_MAGIC, WIRE_VERSION, WIRE_STOP, 8, 0 };
	struct {
		struct wire_header h;
		uint64_t p;
	} f = { good, 0 };

	(void)state;
	f.h.magic++;
	assert_int_equal(say(&f, sizeof(f)), -EPROTO);
	teardown(NULL);
	setup(NULL);
	f.h = good;
	f.h.version++;
	assert_int_equal(say(&f, sizeof(f)), -EPROTONOSUPPORT);
	wire_speak_theirs(&b);
	assert_int_equal(wire_send(&b, WIRE_REFUSED, NULL, 1000), 0);
	assert_int_equal(read(a.fd, &f.h, sizeof(f.h)), sizeof(f.h));
	assert_int_equal(f.h.version, WIRE_VERSION + 1);
	teardown(NULL);
	setup(NULL);
	f.h = good;
	f.h.len = 12;
	assert_int_equal(say(&f, sizeof(f)), -EPROTO);
	teardown(NULL);
	setup(NULL);
	f.h = good;
	f.h.seq = 1;
	assert_int_equal(say(&f, sizeof(f)), -EPROTO);
	teardown(NULL);
	setup(NULL);
	f.h = good;
	f.h.type = 500;
	assert_int_equal(say(&f, sizeof(f)), -EPROTO);
	teardown(NULL);
	setup(NULL);
	f.h = good;
	f.h.type = WIRE_CLOCK; /* a stranger may not make us allocate */
	f.h.len = WIRE_LEN_CLOCK;
	assert_int_equal(say(&f, sizeof(f)), -EPROTO);
}

static void test_bad_payload(void **state)
{
	/* n says 2^32-1 elements, a string says 4 GiB, a NUL inside one */
	static const uint8_t clocks[16] = { [12] = 255, 255, 255, 255 };
	static const uint8_t string[24] = { 255, 255, 255, 255 };
	static const uint8_t nul[16] = { 3, 0, 0, 0, 'a', 0, 'b' };
	static const uint8_t early[8] = { 200 };
	struct wire_msg m;

	(void)state;
	assert_int_equal(wire_unpack(WIRE_CLOCK, clocks, 16, &m), -EPROTO);
	assert_int_equal(wire_unpack(WIRE_BARRIER, string, 16, &m), -EPROTO);
	assert_int_equal(wire_unpack(WIRE_BARRIER, nul, 8, &m), -EPROTO);
	assert_int_equal(wire_unpack(WIRE_BARRIER, early, 8, &m), -EPROTO);
	assert_int_equal(wire_unpack(WIRE_HELLO, early, 0, &m), -EPROTO);
	assert_int_equal(wire_unpack(WIRE_STOP, string, sizeof(string), &m),
			 -EPROTO);
}

/* Every type: random bytes never crash, what unpacks packs again. */
static void test_fuzz(void **state)
{
	static uint64_t in[64], out[4096];
	struct wire_msg m;
	uint32_t type, len;
	int64_t packed;
	size_t i, k;

	(void)state;
	srand(1);
	for (i = 0; i < 200000; i++) {
		type = (uint32_t)rand() % (WIRE_TYPES + 2);
		len = (uint32_t)rand() % 64 * 8;
		for (k = 0; k < len / 8; k++)
			in[k] = rand() % 4 ? (uint64_t)rand() % 16 :
					     (uint64_t)rand() << 20;
		if (wire_unpack(type, (uint8_t *)in, len, &m))
			continue;
		packed = wire_packed_len(type, &m.u);
		assert_true(packed >= 0 && packed <= (int64_t)len);
		wire_pack(type, &m.u, (uint8_t *)out);
	}
}

static void test_send_timeout(void **state)
{
	struct wire_failed f = { 0 };
	int rc = 0, i;

	(void)state;
	memset(f.text, 'x', sizeof(f.text) - 1);
	for (i = 0; i < 100000 && !rc; i++)
		rc = wire_send(&a, WIRE_ABORT, &f, 20);
	assert_int_equal(rc, -ETIMEDOUT);
}

static int option(int fd, int name)
{
	int value = -1;
	socklen_t len = sizeof(value);

	assert_int_equal(getsockopt(fd, IPPROTO_TCP, name, &value, &len), 0);
	return value;
}

/* A peer that is gone is missed after the same time whether or not something
 * was on its way to it. */
static void test_silence(void **state)
{
	struct wire_conn c;

	(void)state;
	wire_init(&c, socket(AF_INET, SOCK_STREAM, 0));
	assert_int_equal(option(c.fd, TCP_USER_TIMEOUT),
			 1000 * (option(c.fd, TCP_KEEPIDLE) +
				 option(c.fd, TCP_KEEPINTVL) *
					 option(c.fd, TCP_KEEPCNT)));
	wire_close(&c);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_hello),	      T(test_arrays),	    T(test_big_reply),
		T(test_does_not_fit), T(test_bad_header),   T(test_bad_payload),
		T(test_fuzz),	      T(test_send_timeout), T(test_silence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
