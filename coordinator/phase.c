/* SPDX-License-Identifier: MIT */
/* phase.c - what a rank is at, in a few words */
#include <string.h>
#include "phase.h"

#define LISTED 3 /* ranks, in a sentence */

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

/* What it is at, as its stage goes. */
static void in_stage(const struct round *r, const struct round_rank *k,
		     char *buf, size_t len)
{
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
}

char *phase_in_round(const struct round *r, uint32_t rank, char *buf,
		     size_t len)
{
	const struct round_rank *k;
	size_t n;

	buf[0] = 0;
	if (r->stage == STAGE_IDLE || rank >= r->size)
		return buf;
	k = &r->ranks[rank];
	in_stage(r, k, buf, len);
	n = strlen(buf);
	if (k->call)
		snprintf(buf + n, len - n, ": %s", k->call);
	return buf;
}

const char *phase_call(const struct round *r, uint32_t rank)
{
	return round_waits_for(r, rank) && r->ranks[rank].call ?
		       r->ranks[rank].call :
		       "";
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

/* 1: others may wait in a collective for this rank, which is not there. */
static int is_behind(const struct round *r, uint32_t rank)
{
	const struct wire_state *s = &r->ranks[rank].state;

	return r->stage == STAGE_TARGET && s->behind && !s->inside;
}

/* "rank 3 on node1" */
static void name(const struct round *r, uint32_t rank, char *buf, size_t len)
{
	const char *host = r->ops->host ? r->ops->host(r->arg, rank) : "";

	snprintf(buf, len, "rank %u%s%.64s", rank, host[0] ? " on " : "", host);
}

/* The first most of those that the stage waits for; how many there are. */
static uint32_t waited(const struct round *r, uint32_t *ranks, uint32_t most)
{
	int behind = r->stage == STAGE_TARGET;
	uint32_t i, n = 0;

	if (r->stage == STAGE_IDLE)
		return 0;
	for (; behind >= 0; behind--)
		for (i = r->first; n < most && i < r->size; i++)
			if (round_waits_for(r, i) && is_behind(r, i) == behind)
				ranks[n++] = i;
	return r->busy;
}

char *phase_waits(const struct round *r, char *buf, size_t len)
{
	uint32_t first, n = waited(r, &first, 1);
	char what[PHASE_TEXT], more[32] = "";

	buf[0] = 0;
	if (!n)
		return buf;
	if (n > 1)
		snprintf(more, sizeof(more), " and %u more", n - 1);
	phase_in_round(r, first, what, sizeof(what));
	snprintf(buf, len, "rank %u (%s)%s", first,
		 r->ranks[first].call ? r->ranks[first].call : what, more);
	return buf;
}

char *phase_list(const struct round *r, char *buf, size_t len)
{
	uint32_t ranks[LISTED], i, n = waited(r, ranks, LISTED);
	char who[96], what[PHASE_TEXT];
	size_t at = 0;

	buf[0] = 0;
	for (i = 0; i < n && i < LISTED && at < len; i++) {
		name(r, ranks[i], who, sizeof(who));
		phase_in_round(r, ranks[i], what, sizeof(what));
		at += (size_t)snprintf(buf + at, len - at, "%s%s: %s",
				       i ? "; " : "", who, what);
	}
	if (n > LISTED && at < len)
		snprintf(buf + at, len - at, " and %u more", n - LISTED);
	return buf;
}
