/* SPDX-License-Identifier: MIT */
/* peer.h - connections to ranks and commands */
#ifndef MANA_PEER_H
#define MANA_PEER_H

#include "server.h"

void peer_init(struct server *s);
void peer_fini(struct server *s); /* drops all, without a word */
void peer_accept(struct server *s);
/* Listens again when the pause is over. Returns the ms until then. */
int64_t peer_listen(struct server *s, int64_t now);
void peer_event(struct server *s, struct peer *p, uint32_t events);
void peer_send(struct server *s, struct peer *p, enum wire_type type,
	       const void *msg);
/* The same, but it goes out with the message that is sent next. */
void peer_queue(struct server *s, struct peer *p, enum wire_type type,
		const void *msg);
/* To all ranks. */
void peer_send_all(struct server *s, enum wire_type type, const void *msg);
/* Sends what is queued, as far as the socket takes it. */
void peer_flush(struct server *s, struct peer *p);
void peer_reply(struct server *s, struct peer *p, uint32_t code,
		const char *text);
/* It has said HELLO. */
void peer_known(struct server *s, struct peer *p, uint32_t kind);
/* It is to be dropped by the next peer_sweep. */
void peer_close(struct server *s, struct peer *p);
/* Drop those that are closing; silent strangers too. */
void peer_sweep(struct server *s, int64_t now);

#endif
