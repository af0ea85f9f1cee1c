/* SPDX-License-Identifier: MIT */
/* targets.c - how far each rank may run on before it stops
 *
 * Stage CLOCK gathers the collective clocks, stage TARGET lets the ranks run up
 * to the furthest that any has begun, and raises targets where somebody needs
 * more (docs/protocol.md).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "targets.h"

int targets_take_clock(struct round *r, uint32_t rank, const struct wire_msg *m)
{
	const struct wire_clocks *c = &m->u.clocks;
	struct round_rank *k = &r->ranks[rank];
	uint32_t i;

	if (c->generation != r->generation || k->done)
		return k->done;
	k->clocks = malloc((c->n + 1) * sizeof(*k->clocks));
	if (!k->clocks)
		return -ENOMEM;
	k->n_clocks = c->n;
	for (i = 0; i < c->n; i++)
		if (clockset_report(&r->clocks, &c->v[i], &k->clocks[i]))
			return -ENOMEM;
	return 1;
}

/* Sends the rank the targets of the clocks that it has reported, behind the n
 * that every rank gets. */
static void send_targets(struct round *r, uint32_t rank, struct wire_clock *v,
			 uint32_t n)
{
	struct round_rank *k = &r->ranks[rank];
	struct wire_clocks t = { r->generation, r->epoch, n, v };
	const struct clock_entry *e;
	uint32_t i;

	for (i = 0; i < k->n_clocks; i++) {
		e = &r->clocks.v[k->clocks[i]];
		if (e->clock.members && e->reported >= e->clock.members)
			v[t.n++] = e->clock;
	}
	r->ops->send(r->arg, rank, WIRE_TARGETS, &t);
	free(k->clocks);
	k->clocks = NULL;
	k->n_clocks = 0;
}

int targets_leave_clock(struct round *r)
{
	uint32_t i, n, most = 0;
	struct wire_clock *v;

	for (i = 0; i < r->size; i++)
		if (r->ranks[i].n_clocks > most)
			most = r->ranks[i].n_clocks;
	v = malloc(((size_t)r->clocks.n + most + 1) * sizeof(*v));
	if (!v)
		return -ENOMEM;
	r->epoch = 1;
	n = clockset_partial(&r->clocks, v);
	for (i = 0; i < r->size; i++)
		send_targets(r, i, v, n);
	free(v);
	return 0;
}

/*
 * A rank that is parked before one collective cannot come to its targets of
 * others, so there is no need to wait and see. Ranks that the program keeps
 * busy for long before the next collective of all (ScaLAPACK's process grids)
 * pass thousands of others on their way.
 */
static int held_up(const struct round_rank *k)
{
	return k->state.n > 0 && k->state.behind;
}

/* Takes what the rank has said last out of the sums (by = -1), or into them. */
static void count(struct round *r, const struct round_rank *k, int by)
{
	r->parked += (uint32_t)(k->state.n ? by : 0);
	r->held += (uint32_t)(held_up(k) ? by : 0);
	r->current += (uint32_t)(k->state.epoch == r->epoch ? by : 0);
}

int targets_take_state(struct round *r, uint32_t rank, const struct wire_msg *m)
{
	const struct wire_state *s = &m->u.state;
	struct round_rank *k = &r->ranks[rank];
	struct wire_clock *v = k->parked;

	if (s->n) {
		v = realloc(v, s->n * sizeof(*v));
		if (!v)
			return -ENOMEM;
		memcpy(v, s->v, s->n * sizeof(*v));
		k->parked = v;
	}
	count(r, k, -1);
	k->state = *s;
	k->state.v = v;
	count(r, k, 1);
	return s->epoch == r->epoch && !s->inside && !s->behind;
}

/* From the first raise on nobody is done before it has heard of it. */
static int raise_clocks(struct round *r, const struct wire_clock *v, uint32_t n)
{
	uint32_t i;
	int rc;

	for (; n; n--, v++) {
		rc = clockset_raise(&r->clocks, v);
		if (rc < 0)
			return rc;
		if (!rc || r->unsent)
			continue;
		r->unsent = 1;
		r->epoch++;
		round_undo(r);
		r->current = 0;
		for (i = 0; i < r->size; i++)
			r->current += r->ranks[i].state.epoch == r->epoch;
	}
	return 0;
}

/* Tell everybody of the targets that have been raised: once a millisecond, or
 * each of many ranks' PASSED would become a message to every one of them. */
static int announce_raised(struct round *r, int64_t now)
{
	struct wire_clocks t = { r->generation, r->epoch, 0, NULL };
	struct wire_clock *v;

	if (!r->unsent || r->announced == now)
		return 0;
	v = malloc(((size_t)r->clocks.n + 1) * sizeof(*v));
	if (!v)
		return -ENOMEM;
	t.n = clockset_raised(&r->clocks, v);
	t.v = v;
	round_send_all(r, WIRE_TARGETS, &t);
	free(v);
	r->unsent = 0;
	r->announced = now;
	return 0;
}

int targets_take_passed(struct round *r, const struct wire_clocks *c)
{
	if (r->stage != STAGE_TARGET || c->generation != r->generation)
		return 0;
	return raise_clocks(r, c->v, c->n);
}

/* Lets parked ranks into the collectives that they wait for: all of them, or
 * those that are held up. */
static int raise_targets(struct round *r, int all)
{
	uint32_t i;

	for (i = 0; i < r->size; i++) {
		const struct round_rank *k = &r->ranks[i];

		if ((all || held_up(k)) &&
		    raise_clocks(r, k->parked, k->state.n))
			return -ENOMEM;
	}
	return 0;
}

/*
 * The other ranks may be waiting for one that is parked. Mostly everything is
 * quiet then. But some ranks may go from one collective to the next until a
 * message comes (tests/programs/meanwhile.c): so now and then parked ranks are
 * let on, whatever the others do.
 */
static int64_t look_stuck(struct round *r, int64_t now)
{
	int64_t quiet = now - r->news, late = now - r->raised;
	int known = r->current == r->size; /* all: the newest targets */
	int all;

	if (!r->parked || !r->busy)
		return ROUND_LATE_MS;
	all = late >= ROUND_LATE_MS || (known && quiet >= ROUND_RAISE_MS);
	if ((all || (known && r->held)) && raise_targets(r, all))
		return -ENOMEM;
	if (all) {
		r->news = r->raised = now;
		quiet = late = 0;
	}
	if (known && ROUND_RAISE_MS - quiet < ROUND_LATE_MS - late)
		return ROUND_RAISE_MS - quiet;
	return ROUND_LATE_MS - late;
}

int64_t targets_look(struct round *r, int64_t now)
{
	int64_t again = look_stuck(r, now);

	if (again < 0 || announce_raised(r, now))
		return -ENOMEM;
	return r->unsent ? 1 : again;
}
