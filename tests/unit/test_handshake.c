/* SPDX-License-Identifier: MIT */
/* test_handshake.c - who knows the secret, and who only seems to */
#include <nettle/hmac.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include "../../common/handshake.h"
#include "../../common/wire_codec.h"
#include "fake_job.h"

#define SECRET "0123456789abcdef0123456789abcdef"

/* RFC 4231, 4.2 to 4.7: what is linked is HMAC-SHA256. */
static void test_vectors(void **state)
{
	static const struct {
		uint8_t key_byte;
		size_t key_len;
		const char *key, *text;
		uint8_t byte; /* of a text of 50 bytes */
		const char *want;
		size_t want_len;
	} v[] = {
		{ 0x0b, 20, NULL, "Hi There", 0,
		  "\xb0\x34\x4c\x61\xd8\xdb\x38\x53\x5c\xa8\xaf\xce\xaf\x0b"
		  "\xf1\x2b\x88\x1d\xc2\x00\xc9\x83\x3d\xa7\x26\xe9\x37\x6c"
		  "\x2e\x32\xcf\xf7",
		  32 },
		{ 0, 4, "Jefe", "what do ya want for nothing?", 0,
		  "\x5b\xdc\xc1\x46\xbf\x60\x75\x4e\x6a\x04\x24\x26\x08\x95"
		  "\x75\xc7\x5a\x00\x3f\x08\x9d\x27\x39\x83\x9d\xec\x58\xb9"
		  "\x64\xec\x38\x43",
		  32 },
		{ 0xaa, 20, NULL, NULL, 0xdd,
		  "\x77\x3e\xa9\x1e\x36\x80\x0e\x46\x85\x4d\xb8\xeb\xd0\x91"
		  "\x81\xa7\x29\x59\x09\x8b\x3e\xf8\xc1\x22\xd9\x63\x55\x14"
		  "\xce\xd5\x65\xfe",
		  32 },
		{ 0x0c, 20, NULL, "Test With Truncation", 0,
		  "\xa3\xb6\x16\x74\x73\x10\x0e\xe0\x6e\x0c\x79\x6c\x29\x55"
		  "\x55\x2b",
		  16 },
		{ 0xaa, 131, NULL,
		  "Test Using Larger Than Block-Size Key - Hash Key First", 0,
		  "\x60\xe4\x31\x59\x1e\xe0\xb6\x7f\x0d\x8a\x26\xaa\xcb\xf5"
		  "\xb7\x7f\x8e\x0b\xc6\x21\x37\x28\xc5\x14\x05\x46\x04\x0f"
		  "\x0e\xe3\x7f\x54",
		  32 },
	};
	uint8_t key[131], text[64], got[32];
	struct hmac_sha256_ctx ctx;
	size_t i, len;

	(void)state;
	for (i = 0; i < sizeof(v) / sizeof(*v); i++) {
		memset(key, v[i].key_byte, sizeof(key));
		if (v[i].key)
			memcpy(key, v[i].key, v[i].key_len);
		memset(text, v[i].byte, sizeof(text));
		len = v[i].text ? strlen(v[i].text) : 50;
		if (v[i].text)
			memcpy(text, v[i].text, len);
		hmac_sha256_set_key(&ctx, v[i].key_len, key);
		hmac_sha256_update(&ctx, len, text);
		hmac_sha256_digest(&ctx, v[i].want_len, got);
		assert_memory_equal(got, v[i].want, v[i].want_len);
	}
}

/* Both ends of a connection, without one. */
struct ends {
	struct wire_conn client, server;
	struct wire_call call;
	struct wire_greeting greeting;
	struct wire_hello hello;
};

static void meet(struct ends *e, uint32_t kind)
{
	memset(e, 0, sizeof(*e));
	assert_int_equal(handshake_call(&e->client, &e->call), 0);
	assert_int_equal(
		handshake_greet(&e->server, SECRET, &e->call, &e->greeting), 0);
	assert_true(handshake_is_known(&e->client, SECRET, &e->greeting));
	client_hello_init(&e->hello, kind);
	assert_int_equal(handshake_prove(&e->client, SECRET, &e->hello), 0);
}

static int proven(const struct ends *e)
{
	return handshake_is_proven(&e->server, SECRET, &e->hello);
}

static void test_right(void **state)
{
	struct ends e, other;

	(void)state;
	meet(&e, WIRE_RANK);
	assert_true(proven(&e));
	meet(&other, WIRE_RANK);
	assert_memory_not_equal(e.call.nonce, other.call.nonce, WIRE_NONCE);
	assert_memory_not_equal(e.greeting.nonce, other.greeting.nonce,
				WIRE_NONCE);
	/* one CALL is answered on a connection */
	assert_int_equal(
		handshake_greet(&e.server, SECRET, &e.call, &e.greeting),
		-EPROTO);
}

/* Whatever of a HELLO is changed on its way. */
static void test_bits(void **state)
{
	uint8_t packed[WIRE_LEN_HELLO] __attribute__((aligned(8)));
	struct wire_msg m;
	struct ends e;
	uint32_t len, i;

	(void)state;
	meet(&e, WIRE_RANK);
	len = (uint32_t)wire_packed_len(WIRE_HELLO, &e.hello);
	for (i = 0; i < 8 * len; i++) {
		wire_pack(WIRE_HELLO, &e.hello, packed);
		packed[i / 8] ^= (uint8_t)(1 << i % 8);
		if (!wire_unpack(WIRE_HELLO, packed, len, &m) &&
		    memcmp(&m.u.hello, &e.hello, sizeof(e.hello)) != 0)
			assert_false(handshake_is_proven(&e.server, SECRET,
							 &m.u.hello));
	}
	for (i = 0; i < 8 * WIRE_NONCE; i++) {
		e.greeting.nonce[i / 8] ^= (uint8_t)(1 << i % 8);
		assert_false(
			handshake_is_known(&e.client, SECRET, &e.greeting));
		e.greeting.nonce[i / 8] ^= (uint8_t)(1 << i % 8);
		e.greeting.proof[i / 8] ^= (uint8_t)(1 << i % 8);
		assert_false(
			handshake_is_known(&e.client, SECRET, &e.greeting));
		e.greeting.proof[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	assert_true(handshake_is_known(&e.client, SECRET, &e.greeting));
}

/* The proof of one role, or of another connection, is none. */
static void test_others(void **state)
{
	struct ends e, old;

	(void)state;
	meet(&old, WIRE_RANK);
	meet(&e, WIRE_RANK);
	e.hello = old.hello;
	assert_false(proven(&e));
	/* even when the same client begins in the same way */
	e.server.greeted = 0;
	assert_int_equal(
		handshake_greet(&e.server, SECRET, &old.call, &e.greeting), 0);
	assert_false(proven(&e));
	meet(&e, WIRE_COMMAND);
	e.hello.kind = WIRE_RANK;
	assert_false(proven(&e));
	memcpy(e.hello.proof, e.greeting.proof, WIRE_PROOF);
	assert_false(proven(&e));
	memcpy(e.greeting.proof, old.greeting.proof, WIRE_PROOF);
	assert_false(handshake_is_known(&e.client, SECRET, &e.greeting));
	memset(&e.hello.proof, 0, WIRE_PROOF);
	assert_false(proven(&e));
	/* before any CALL */
	memset(&e.server, 0, sizeof(e.server));
	assert_int_equal(handshake_prove(&e.server, SECRET, &e.hello), 0);
	assert_false(proven(&e));
}

/* Raw, as a stranger connects. */
static void reach(struct wire_conn *c, struct client_where *w)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	char err[WIRE_TEXT];
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(client_find(&where, w, err, sizeof(err)), 0);
	a.sin_port = htons((uint16_t)w->port);
	assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	wire_init(c, fd);
}

static void expect_end(struct wire_conn *c)
{
	struct wire_msg m;

	assert_int_equal(wire_recv(c, &m, 5000), -ECONNRESET);
	wire_close(c);
}

/* A HELLO that was recorded, on a new connection that begins in the same way,
 * and on one that does not begin at all. */
static void test_replay(void **state)
{
	struct client_where w;
	struct wire_conn c;
	struct wire_call call;
	struct wire_hello h;
	struct wire_msg m;
	int i;

	(void)state;
	reach(&c, &w);
	assert_int_equal(handshake_call(&c, &call), 0);
	for (i = 0; i < 2; i++) {
		assert_int_equal(wire_send(&c, WIRE_CALL, &call, 1000), 0);
		expect(&c, WIRE_GREETING, &m);
		if (!i) {
			assert_true(handshake_is_known(&c, w.secret,
						       &m.u.greeting));
			client_hello_init(&h, WIRE_COMMAND);
			assert_int_equal(handshake_prove(&c, w.secret, &h), 0);
		}
		assert_int_equal(wire_send(&c, WIRE_HELLO, &h, 1000), 0);
		expect(&c, i ? WIRE_REFUSED : WIRE_WELCOME, &m);
		if (i) {
			assert_int_equal(m.u.refused.code, EACCES);
			expect_end(&c);
		} else {
			wire_close(&c);
		}
		reach(&c, &w);
	}
	assert_int_equal(wire_send(&c, WIRE_HELLO, &h, 1000), 0);
	expect_end(&c);
	reach(&c, &w);
	assert_int_equal(wire_send(&c, WIRE_CALL, &call, 1000), 0);
	assert_int_equal(wire_send(&c, WIRE_CALL, &call, 1000), 0);
	expect(&c, WIRE_GREETING, &m);
	expect_end(&c);
}

/* One that answers as a coordinator does, but has another secret; it is told
 * nothing but the CALL. */
static void test_false_coordinator(void **state)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(a);
	struct client_where w = { .host = "127.0.0.1", .secret = SECRET };
	int fd = socket(AF_INET, SOCK_STREAM, 0), status;
	char err[WIRE_TEXT];
	struct wire_greeting g;
	struct wire_conn c;
	struct wire_msg m;
	pid_t pid;

	(void)state;
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(fd, 8), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &len), 0);
	w.port = ntohs(a.sin_port);
	pid = fork();
	if (!pid) {
		wire_init(&c, accept(fd, NULL, NULL));
		_exit(wire_recv(&c, &m, 5000) || m.type != WIRE_CALL ||
		      handshake_greet(&c, SECRET "x", &m.u.call, &g) ||
		      wire_send(&c, WIRE_GREETING, &g, 5000) ||
		      wire_recv(&c, &m, 5000) != -ECONNRESET || c.in_len);
	}
	assert_int_equal(client_connect(&w, 5000, 5000, &c, err, sizeof(err)),
			 -EKEYREJECTED);
	assert_int_equal(c.fd, -1);
	assert_non_null(strstr(err, "wrong secret: another program"));
	assert_null(strstr(err, SECRET));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && !WEXITSTATUS(status));
	close(fd);
}

/* Versions before and after ours say REFUSED in theirs, and are told so in it.
 */
static void test_versions(void **state)
{
	static const int offs[] = { -1, 1 };
	struct client_where w;
	struct wire_header h = { WIRE_MAGIC, 0, WIRE_HELLO, 8, 0 };
	struct {
		struct wire_header h;
		uint32_t code, reserved, len;
		char text[WIRE_TEXT];
	} got;
	struct wire_conn c;
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		reach(&c, &w);
		h.version = (uint16_t)(WIRE_VERSION + offs[i]);
		memset(&got, 0, sizeof(got));
		assert_int_equal(write(c.fd, &h, sizeof(h)), sizeof(h));
		fcntl(c.fd, F_SETFL, 0);
		assert_true(recv(c.fd, &got, sizeof(got), MSG_WAITALL) > 40);
		assert_int_equal(got.h.version, h.version);
		assert_int_equal(got.h.type, WIRE_REFUSED);
		assert_int_equal(got.code, EPROTONOSUPPORT);
		assert_non_null(strstr(got.text, "another version"));
		wire_close(&c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_right),
		cmocka_unit_test(test_bits),
		cmocka_unit_test(test_others),
		T(test_replay),
		T(test_false_coordinator),
		T(test_versions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
