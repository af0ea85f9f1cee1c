/* SPDX-License-Identifier: MIT */
/* clockset.c - collective clocks of a whole job, merged by maximum
 *
 * Identities are 128-bit hashes already, so their low bits index the table.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "../common/array.h"
#include "clockset.h"

void clockset_clear(struct clockset *s)
{
	free(s->v);
	free(s->slot);
	memset(s, 0, sizeof(*s));
}

static int same(const uint64_t a[2], const uint64_t b[2])
{
	return a[0] == b[0] && a[1] == b[1];
}

/* The slot that holds id or is free for it; the table is never full. */
static uint32_t *probe(const struct clockset *s, const uint64_t id[2])
{
	size_t mask = s->slots - 1, i = (id[0] ^ id[1]) & mask;

	while (s->slot[i] && !same(s->v[s->slot[i] - 1].clock.id, id))
		i = (i + 1) & mask;
	return &s->slot[i];
}

/* Room for one more entry, in a table that is at most half full. */
static int grow(struct clockset *s)
{
	uint32_t *slot, i;

	if (ARRAY_ROOM(s->v, s->n, s->cap) < 0)
		return -ENOMEM;
	if (s->slots >= 2 * s->cap)
		return 0;
	slot = calloc(2 * s->cap, sizeof(*slot));
	if (!slot)
		return -ENOMEM;
	free(s->slot);
	s->slot = slot;
	s->slots = 2 * s->cap;
	for (i = 0; i < s->n; i++)
		*probe(s, s->v[i].clock.id) = i + 1;
	return 0;
}

/* The entry of c's identity, made when there is none; NULL: no memory. */
static struct clock_entry *entry(struct clockset *s, const struct wire_clock *c)
{
	uint32_t *slot;

	if (grow(s))
		return NULL;
	slot = probe(s, c->id);
	if (!*slot) {
		s->v[s->n] = (struct clock_entry){ .clock = *c };
		s->v[s->n].clock.seq = 0;
		*slot = ++s->n;
	}
	return &s->v[*slot - 1];
}

int clockset_report(struct clockset *s, const struct wire_clock *c,
		    uint32_t *at)
{
	struct clock_entry *e = entry(s, c);

	if (!e)
		return -ENOMEM;
	*at = (uint32_t)(e - s->v);
	e->reported++;
	if (c->seq > e->clock.seq)
		e->clock.seq = c->seq;
	return 0;
}

int clockset_raise(struct clockset *s, const struct wire_clock *c)
{
	struct clock_entry *e = entry(s, c);

	if (!e)
		return -ENOMEM;
	if (c->seq <= e->clock.seq)
		return 0;
	e->clock.seq = c->seq;
	e->raised = 1;
	return 1;
}

uint32_t clockset_raised(struct clockset *s, struct wire_clock *out)
{
	uint32_t i, n = 0;

	for (i = 0; i < s->n; i++) {
		if (!s->v[i].raised)
			continue;
		s->v[i].raised = 0;
		out[n++] = s->v[i].clock;
	}
	return n;
}

uint32_t clockset_partial(const struct clockset *s, struct wire_clock *out)
{
	uint32_t i, n = 0;

	for (i = 0; i < s->n; i++)
		if (!s->v[i].clock.members ||
		    s->v[i].reported < s->v[i].clock.members)
			out[n++] = s->v[i].clock;
	return n;
}
