/* SPDX-License-Identifier: MIT */
/* handshake.h - both ends of a connection prove that they know the secret
 *
 * The client sends 32 random bytes (CALL), the coordinator as many of its own
 * and a proof (GREETING), the client a proof and what it is (HELLO). A proof is
 * HMAC-SHA256 by the secret, of the role, both random values and, in HELLO, all
 * of the message: it tells nothing of the secret, and is good for this
 * connection, role and message only (docs/protocol.md).
 *
 * It goes through a gatherer (client/gather.h) as all else does, which takes no
 * part in it.
 */
#ifndef MANA_HANDSHAKE_H
#define MANA_HANDSHAKE_H

#include "wire.h"

/* The client's side: fills in the CALL. 0 or -EIO, without random bytes. */
int handshake_call(struct wire_conn *c, struct wire_call *call);
/* 1: who sent this GREETING knows the secret; 0: it does not. */
int handshake_is_known(struct wire_conn *c, const char *secret,
		       const struct wire_greeting *g);
/* Fills in the proof of a HELLO that is complete but for that. 0 or -EINVAL:
 * it does not fit. */
int handshake_prove(const struct wire_conn *c, const char *secret,
		    struct wire_hello *h);

/* The coordinator's side: fills in the GREETING that answers a CALL. 0, -EPROTO
 * for a second CALL, or -EIO. */
int handshake_greet(struct wire_conn *c, const char *secret,
		    const struct wire_call *call, struct wire_greeting *g);
/* 1: who sent this HELLO, the first one, knows the secret; 0: it does not.
 * Takes the same time wherever the proof is wrong. */
int handshake_is_proven(const struct wire_conn *c, const char *secret,
			const struct wire_hello *h);

#endif
