/* SPDX-License-Identifier: MIT */
/* handshake.c - both ends of a connection prove that they know the secret
 *
 * HMAC (RFC 2104) and SHA-256 are nettle's: a library that only computes, and
 * has neither threads nor exit handlers nor files, since this is a part of the
 * lower half too.
 */
#include <errno.h>
#include <nettle/hmac.h>
#include <nettle/memops.h>
#include <string.h>
#include <sys/random.h>
#include "handshake.h"
#include "wire_codec.h"

_Static_assert(WIRE_PROOF == SHA256_DIGEST_SIZE, "a proof is an HMAC-SHA256");

/* A random value that nobody has said before. */
static int make_nonce(uint8_t nonce[WIRE_NONCE])
{
	return getrandom(nonce, WIRE_NONCE, 0) == WIRE_NONCE ? 0 : -EIO;
}

/* The role keeps a proof of one side or kind from being that of another. */
static void prove(const struct wire_conn *c, const char *secret,
		  const char *role, const uint8_t *more, size_t len,
		  uint8_t proof[WIRE_PROOF])
{
	struct hmac_sha256_ctx ctx;

	hmac_sha256_set_key(&ctx, strlen(secret), (const uint8_t *)secret);
	hmac_sha256_update(&ctx, strlen(role) + 1, (const uint8_t *)role);
	hmac_sha256_update(&ctx, WIRE_NONCE, c->call);
	hmac_sha256_update(&ctx, WIRE_NONCE, c->greeting);
	if (len)
		hmac_sha256_update(&ctx, len, more);
	hmac_sha256_digest(&ctx, WIRE_PROOF, proof);
}

/* That of a HELLO is of all that follows it in the message. */
static int prove_hello(const struct wire_conn *c, const char *secret,
		       const struct wire_hello *h, uint8_t proof[WIRE_PROOF])
{
	uint8_t packed[WIRE_LEN_HELLO];
	int64_t len = wire_packed_len(WIRE_HELLO, h);

	if (len < WIRE_PROOF || len > (int64_t)sizeof(packed))
		return -EINVAL;
	wire_pack(WIRE_HELLO, h, packed);
	prove(c, secret, h->kind == WIRE_RANK ? "mana rank" : "mana command",
	      packed + WIRE_PROOF, (size_t)len - WIRE_PROOF, proof);
	return 0;
}

int handshake_call(struct wire_conn *c, struct wire_call *call)
{
	int rc = make_nonce(c->call);

	memcpy(call->nonce, c->call, sizeof(call->nonce));
	return rc;
}

int handshake_is_known(struct wire_conn *c, const char *secret,
		       const struct wire_greeting *g)
{
	uint8_t proof[WIRE_PROOF];

	memcpy(c->greeting, g->nonce, sizeof(c->greeting));
	prove(c, secret, "mana coordinator", NULL, 0, proof);
	c->greeted = memeql_sec(proof, g->proof, sizeof(proof)) != 0;
	return (int)c->greeted;
}

int handshake_prove(const struct wire_conn *c, const char *secret,
		    struct wire_hello *h)
{
	return prove_hello(c, secret, h, h->proof);
}

int handshake_greet(struct wire_conn *c, const char *secret,
		    const struct wire_call *call, struct wire_greeting *g)
{
	int rc = c->greeted ? -EPROTO : make_nonce(c->greeting);

	if (rc)
		return rc;
	memcpy(c->call, call->nonce, sizeof(c->call));
	memcpy(g->nonce, c->greeting, sizeof(g->nonce));
	prove(c, secret, "mana coordinator", NULL, 0, g->proof);
	c->greeted = 1;
	return 0;
}

int handshake_is_proven(const struct wire_conn *c, const char *secret,
			const struct wire_hello *h)
{
	uint8_t proof[WIRE_PROOF];

	return c->greeted && !prove_hello(c, secret, h, proof) &&
	       memeql_sec(proof, h->proof, sizeof(proof));
}
