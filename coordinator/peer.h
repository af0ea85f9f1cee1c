/* SPDX-License-Identifier: MIT */
/* peer.h - connections to ranks and commands */
#ifndef MANA_PEER_H
#define MANA_PEER_H

#include "server.h"

void peer_accept(struct server *s);
/* Listens again when the pause is over. Returns the ms until then. */
int64_t peer_listen(struct server *s, int64_t now);
void peer_event(struct server *s, struct peer *p, uint32_t events);
void peer_send(struct server *s, struct peer *p, enum wire_type type,
	       const void *msg);
void peer_reply(struct server *s, struct peer *p, uint32_t code,
		const char *text);
/* Drop those that are closing; silent strangers too. */
void peer_sweep(struct server *s, int64_t now);

#endif
