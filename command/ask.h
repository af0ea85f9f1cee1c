/* SPDX-License-Identifier: MIT */
/* ask.h - one request to the coordinator, and what it answers */
#ifndef MANA_ASK_H
#define MANA_ASK_H

#include "../client/client.h"
#include "answer.h"

struct ask {
	struct client_options where;
	struct wire_request request;
	int timeout_ms; /* for the answer; -1: no limit */
};

/* As client_join, and the sentence says what to do. */
int ask_join(const struct client_options *o, struct wire_conn *c,
	     struct client_where *w, char *err, size_t errlen);
/* The answer: valid until the connection is closed or used; where is not NULL:
 * meanwhile a terminal shows how far it is. 0, or -errno and a sentence. */
int ask_send(struct wire_conn *c, const struct client_options *where,
	     const struct wire_request *q, int timeout_ms, struct wire_reply *r,
	     char *err, size_t errlen);
/* All of it, and says what was answered. Returns the exit code. */
int ask(const struct answer *a, const struct ask *q);

#endif
