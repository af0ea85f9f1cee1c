/* SPDX-License-Identifier: MIT */
/* report.c - how far a checkpoint or a restart has come */
#include <limits.h>
#include <string.h>
#include "../common/live.h"
#include "../common/text.h"
#include "job.h"
#include "log.h"
#include "phase.h"
#include "report.h"
#include "server.h"
#include "status.h"

#define SAY_MS 1000 /* a phase that is over by then is not worth a line */

void report_init(struct server *s)
{
	s->report.live = s->o.interactive && live_is_terminal(2);
}

static void of_round(const struct round *r, struct live_progress *p)
{
	p->what = "checkpoint";
	p->generation = r->generation;
	p->ready = r->size - r->busy;
	phase_waits(r, p->waits, sizeof(p->waits));
	if (r->stage == STAGE_WRITE)
		p->done = r->written.done, p->total = r->written.total;
}

/* 1: something is on; *phase is its phase, a constant. */
static int look(const struct server *s, struct live_progress *p,
		const char **phase)
{
	memset(p, 0, sizeof(*p));
	p->ranks = s->job.size;
	if (s->round.stage != STAGE_IDLE) {
		*phase = round_stage_name(s->round.stage);
		of_round(&s->round, p);
	} else if (job_restoring(&s->job)) {
		p->what = "restart";
		*phase = phase_restart(&s->job, &p->ready);
	} else {
		return 0;
	}
	text_copy(p->phase, sizeof(p->phase), *phase);
	return 1;
}

static void over(struct server *s)
{
	if (s->report.live && s->report.next)
		log_live(NULL);
	s->report.next = 0;
	s->report.phase = NULL;
}

void report_tick(struct server *s, int64_t now)
{
	struct report *r = &s->report;
	struct live_progress p;
	const char *phase;
	char line[LIVE_LINE];

	if (now < r->next &&
	    (s->round.stage != STAGE_IDLE || job_restoring(&s->job)))
		return;
	if (!look(s, &p, &phase)) {
		over(s);
		return;
	}
	if (phase != r->phase || p.generation != r->round) {
		r->phase = phase;
		r->round = p.generation;
		r->began = now;
		r->said = 0;
	}
	p.seconds = (double)(now - r->began) / 1000;
	r->next = now + LIVE_MS;
	live_format(&p, r->live ? live_columns(2) : 0, line);
	if (r->live) {
		log_live(line);
	} else if (!r->said && now - r->began >= SAY_MS) {
		r->said = 1;
		log_info("%s", line);
	}
}

int64_t report_due(const struct server *s, int64_t now)
{
	const struct report *r = &s->report;

	if (s->round.stage == STAGE_IDLE && !job_restoring(&s->job))
		return r->next ? 0 : INT_MAX;
	return !r->next || r->next <= now ? 0 : r->next - now;
}
