/* SPDX-License-Identifier: MIT */
/* clocks.c - a rank's collective clocks, to the coordinator and back
 *
 * Stage 1 of a round: ranks run up to the furthest collective that any of them
 * has begun (docs/protocol.md).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include "../common/back.h"
#include "clocks.h"
#include "link.h"

#define CLOCKS_MAX (1 << 16)

static struct wire_clock clock_wire(const struct clock *c)
{
	return (struct wire_clock){ .id = { c->id[0], c->id[1] },
				    .seq = c->seq,
				    .members = c->members };
}

int clocks_send(struct rank_round *r)
{
	struct clock *c = calloc(CLOCKS_MAX, sizeof(*c));
	struct wire_clock *w = calloc(CLOCKS_MAX, sizeof(*w));
	struct wire_clocks m = { .generation = r->begin.generation, .v = w };
	int rc = -ENOMEM;
	size_t i, n;

	if (!c || !w)
		goto out;
	n = back_clocks(c, CLOCKS_MAX);
	if (n > CLOCKS_MAX) {
		snprintf(r->why, sizeof(r->why),
			 "%zu communicators: no more than %d can be saved: "
			 "free some",
			 n, CLOCKS_MAX);
		rc = -E2BIG;
		goto out;
	}
	for (i = 0; i < n; i++)
		w[i] = clock_wire(&c[i]);
	m.n = (uint32_t)n;
	rc = link_say(WIRE_CLOCK, &m);
out:
	free(c);
	free(w);
	return rc;
}

int clocks_take(struct rank_round *r, const struct wire_clocks *m)
{
	struct clock *c = calloc(m->n ? m->n : 1, sizeof(*c));
	uint32_t i;

	if (!c)
		return -ENOMEM;
	for (i = 0; i < m->n; i++) {
		c[i].id[0] = m->v[i].id[0];
		c[i].id[1] = m->v[i].id[1];
		c[i].seq = m->v[i].seq;
	}
	back_target(c, m->n);
	free(c);
	r->epoch = m->epoch;
	return 0;
}

/* This rank has entered collectives beyond the targets that the others know:
 * they must be let into these too. */
static int send_passed(const struct rank_round *r)
{
	struct clock c[BACK_PASSED];
	struct wire_clock w[BACK_PASSED];
	struct wire_clocks m = { .generation = r->begin.generation, .v = w };
	size_t i, n = back_passed(c);

	for (i = 0; i < n; i++)
		w[i] = clock_wire(&c[i]);
	m.n = (uint32_t)n;
	return n ? link_say(WIRE_PASSED, &m) : 0;
}

int clocks_state(struct rank_round *r)
{
	struct back_state b;
	struct wire_state s = { .epoch = r->epoch };
	int rc;

	back_state(&b);
	rc = send_passed(r);
	if (rc < 0)
		return rc;
	s.inside = (uint32_t)b.inside;
	s.behind = (uint32_t)b.behind;
	s.parked = (uint32_t)b.parked;
	s.progress = b.total;
	if (s.epoch == r->last.epoch && s.inside == r->last.inside &&
	    s.behind == r->last.behind && s.parked == r->last.parked &&
	    s.progress == r->last.progress)
		return 0;
	r->parked = clock_wire(&b.at);
	s.n = b.parked > 0;
	s.v = &r->parked;
	rc = link_say(WIRE_STATE, &s);
	r->last = s;
	return rc;
}
