/* SPDX-License-Identifier: MIT */
/* progress.h - how far a job's checkpoint or restart has come, asked now and
 * then of its coordinator
 */
#ifndef MANA_PROGRESS_H
#define MANA_PROGRESS_H

#include <jansson.h>
#include "../common/live.h"
#include "client.h"

struct progress {
	const struct client_options *where;
	struct wire_conn conn; /* fd -1: none */
};

void progress_init(struct progress *p, const struct client_options *where);
void progress_close(struct progress *p);
/* Asks, about a second at most. 1: text, of LIVE_LINE, tells; 0: neither
 * checkpoint nor restart is on; -errno: no answer. */
int progress_ask(struct progress *p, int columns, char *text);
/* What an answer says: the same. */
int progress_parse(const json_t *status, struct live_progress *out);

/* wire_recv of the answer to a request that takes long; if stderr is a terminal
 * it shows meanwhile how far the coordinator has come. */
int progress_receive(struct wire_conn *c, const struct client_options *where,
		     struct wire_msg *m, int timeout_ms);

#endif
