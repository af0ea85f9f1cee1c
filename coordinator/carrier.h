/* SPDX-License-Identifier: MIT */
/* carrier.h - ranks that come by the connection of a gatherer
 *
 * Each has a channel of it, and is a peer as others are; only what it says, and
 * what it is told, lies in frames OF its channel (docs/protocol.md).
 */
#ifndef MANA_CARRIER_H
#define MANA_CARRIER_H

#include "server.h"

/* A frame of one of the gatherer's channels. */
void carrier_take(struct server *s, struct peer *g, const struct wire_of *of);
/* A message to a rank that is carried; it goes out with the others that there
 * are for its gatherer: carrier_flush. 0 or -errno of wire_queue. */
int carrier_queue(struct server *s, struct peer *p, enum wire_type type,
		  const void *msg);
/* The same, once for all ranks that the gatherer has. */
int carrier_queue_all(struct server *s, struct peer *g, enum wire_type type,
		      const void *msg);
/* Sends what waits for gatherers. */
void carrier_flush(struct server *s);
/* A carried peer is being dropped: its channel ends. */
void carrier_leave(struct server *s, struct peer *p);
/* A gatherer's connection is to be dropped, and those of its ranks with it. */
void carrier_close(struct server *s, struct peer *g);
void carrier_free(struct peer *g);
/* 1: a carried rank is lost because its gatherer is. */
int carrier_lost(const struct peer *p);

#endif
