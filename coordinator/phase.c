/* SPDX-License-Identifier: MIT */
/* phase.c - what a rank is at, in a few words */
#include <string.h>
#include "phase.h"

static const char *in_targets(const struct round *r, const struct round_rank *k)
{
	if (k->state.epoch != r->epoch)
		return "does not answer";
	if (k->state.inside)
		return "inside a collective";
	if (k->state.behind && k->state.n)
		return "kept from a collective by another";
	return "on its way to a collective";
}

static void writing(const struct wire_progress *p, char *buf, size_t len)
{
	double part = p->total ? (double)p->done / (double)p->total : 0;

	snprintf(buf, len, "writes, %.0f%%", part > 1 ? 100.0 : 100 * part);
}

char *phase_in_round(const struct round *r, uint32_t rank, char *buf,
		     size_t len)
{
	const struct round_rank *k;

	buf[0] = 0;
	if (r->stage == STAGE_IDLE || rank >= r->size)
		return buf;
	k = &r->ranks[rank];
	if (k->done)
		snprintf(buf, len, "%s",
			 r->stage == STAGE_TARGET && k->state.n ? "parked" :
								  "ready");
	else if (r->stage == STAGE_CLOCK)
		snprintf(buf, len, "does not answer");
	else if (r->stage == STAGE_TARGET)
		snprintf(buf, len, "%s", in_targets(r, k));
	else if (r->stage == STAGE_STOP)
		snprintf(buf, len, "stops its threads");
	else if (r->stage == STAGE_DRAIN)
		snprintf(buf, len, "receives messages");
	else
		writing(&k->progress, buf, len);
	return buf;
}

/* What ranks do before each barrier of a restart. */
static const struct {
	const char *passed, *doing;
} restart[] = {
	{ "", "opens images" },
	{ "opened", "maps memory" },
	{ "mapped", "reads memory, starts MPI" },
	{ "placed", "makes files and MPI objects again" },
};

const char *phase_restart(const struct job *j, uint32_t *ready)
{
	size_t i, n = sizeof(restart) / sizeof(*restart);

	*ready = j->waiting;
	for (i = 0; i < n; i++)
		if (!strcmp(restart[i].passed, j->passed))
			return restart[i].doing;
	return restart[0].doing;
}

char *phase_of(const struct server *s, uint32_t rank, char *buf, size_t len)
{
	const struct job_rank *k = &s->job.ranks[rank];
	uint32_t ready;

	if (!k->restoring || !k->peer)
		return phase_in_round(&s->round, rank, buf, len);
	snprintf(buf, len, "%s",
		 k->barrier[0] ? "ready" : phase_restart(&s->job, &ready));
	return buf;
}

char *phase_waits(const struct round *r, char *buf, size_t len)
{
	char what[64], more[32] = "";

	buf[0] = 0;
	if (r->stage == STAGE_IDLE || !r->busy)
		return buf;
	if (r->busy > 1)
		snprintf(more, sizeof(more), " and %u more", r->busy - 1);
	snprintf(buf, len, "rank %u (%s)%s", r->first,
		 phase_in_round(r, r->first, what, sizeof(what)), more);
	return buf;
}
