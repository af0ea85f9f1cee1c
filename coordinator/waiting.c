/* SPDX-License-Identifier: MIT */
/* waiting.c - commands that wait for a generation, or for the end of the job */
#include <stdlib.h>
#include "peer.h"
#include "server.h"
#include "status.h"
#include "waiting.h"

static void reply_last(struct server *s, struct peer *p)
{
	char line[WIRE_TEXT], *json = NULL;

	p->gone = 0;
	if (p->json)
		json = status_last_json(&s->last);
	peer_reply(s, p, 0,
		   json ? json : status_last(&s->last, line, sizeof(line)));
	free(json);
}

void waiting_answer(struct server *s, uint64_t generation, const char *failed)
{
	struct peer *p;

	if (failed && s->last_wanted <= generation)
		s->last_wanted = 0; /* the job runs on */
	for (p = TAILQ_FIRST(&s->peers); p; p = TAILQ_NEXT(p, link)) {
		if (!p->wait || p->wait > generation)
			continue;
		p->wait = 0;
		if (failed)
			p->gone = 0;
		if (failed)
			peer_reply(s, p, 1, failed);
		else if (!p->gone)
			reply_last(s, p);
	}
}

void waiting_gone(struct server *s)
{
	struct peer *p;

	s->last_wanted = 0;
	for (p = TAILQ_FIRST(&s->peers); p; p = TAILQ_NEXT(p, link)) {
		if (!p->gone || p->wait)
			continue;
		if (p->gone == PEER_LAST)
			reply_last(s, p);
		else
			peer_reply(s, p, 0, "");
		p->gone = 0;
	}
}
