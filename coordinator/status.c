/* SPDX-License-Identifier: MIT */
/* status.c - what the coordinator knows, as text */
#include <stdlib.h>
#include <string.h>
#include "../common/monotonic.h"
#include "job.h"
#include "phase.h"
#include "server.h"
#include "status.h"

static double mib(uint64_t bytes)
{
	return (double)bytes / (1 << 20);
}

const char *status_rank(const struct job_rank *k)
{
	if (k->left)
		return "ended";
	if (k->peer)
		return k->finished ? "finishing" : "running";
	return k->seen ? "gone" : "expected";
}

char *status_last(const struct manifest *m, char *buf, size_t len)
{
	snprintf(buf, len,
		 "generation %llu committed: %u rank%s, %.1f MiB, %.2f s",
		 (unsigned long long)m->generation, m->size,
		 m->size == 1 ? "" : "s", mib(m->bytes), m->seconds);
	return buf;
}

static void job_text(struct server *s, FILE *f)
{
	const struct job *j = &s->job;
	unsigned int i;

	if (!j->size) {
		fprintf(f, "job: none yet\n");
		return;
	}
	fprintf(f, "job: %s: %s: %u of %u ranks connected, MPI %s, %.0f s\n",
		j->key, j->program, j->connected, j->size, j->mpi,
		(double)(monotonic_ms() - j->since) / 1000);
	for (i = 0; i < j->n_notes; i++)
		fprintf(f, "note: %s\n", j->notes[i]);
}

static void round_text(struct server *s, FILE *f)
{
	const struct round *r = &s->round;
	char who[PHASE_LIST];

	if (r->stage == STAGE_IDLE)
		return;
	fprintf(f,
		"checkpoint: generation %llu, stage '%s', %.1f s, waiting "
		"for rank %s\n",
		(unsigned long long)r->generation, round_stage_name(r->stage),
		(double)(monotonic_ms() - r->began[STAGE_CLOCK]) / 1000,
		round_waiting(r, who, sizeof(who)));
	if (phase_list(r, who, sizeof(who))[0])
		fprintf(f, "waits: %s\n", who);
	if (r->stage == STAGE_WRITE && r->written.total)
		fprintf(f, "written: %.1f of %.1f MiB\n", mib(r->written.done),
			mib(r->written.total));
}

static void restart_text(struct server *s, FILE *f)
{
	const char *doing;
	uint32_t ready;

	if (!job_restoring(&s->job))
		return;
	doing = phase_restart(&s->job, &ready);
	fprintf(f, "restart: %s: %u of %u ranks are done\n", doing, ready,
		s->job.size);
}

char *status_text(struct server *s)
{
	char line[256], *out = NULL;
	size_t len;
	FILE *f = open_memstream(&out, &len);

	if (!f)
		return NULL;
	job_text(s, f);
	restart_text(s, f);
	round_text(s, f);
	if (s->last.generation)
		fprintf(f,
			"last: %s (%.2f s stopped: stop %.2f, drain %.2f, "
			"write %.2f), %s\n",
			status_last(&s->last, line, sizeof(line)),
			s->last.stopped, s->last.stop, s->last.drain,
			s->last.write, s->last.time);
	else
		fprintf(f, "last: no generation committed\n");
	if (s->failed[0])
		fprintf(f, "failed: %s\n", s->failed);
	if (s->o.interval)
		fprintf(f, "interval: %u s\n", s->o.interval);
	fprintf(f, "ckptdir: %s (keeps %u)\n", s->dir.path, s->o.keep);
	return fclose(f) ? NULL : out;
}

char *status_ranks(struct server *s)
{
	const struct job *j = &s->job;
	char *out = NULL, what[PHASE_TEXT];
	size_t len;
	uint32_t i;
	FILE *f = open_memstream(&out, &len);

	if (!f)
		return NULL;
	if (!j->size)
		fprintf(f, "no job is running\n");
	for (i = 0; i < j->size; i++) {
		fprintf(f, "rank %u: %s, pid %u on %s", i,
			status_rank(&j->ranks[i]), j->ranks[i].pid,
			j->ranks[i].host[0] ? j->ranks[i].host : "?");
		if (round_waits_for(&s->round, i))
			fprintf(f, ", the checkpoint waits for it: %s",
				phase_of(s, i, what, sizeof(what)));
		fputc('\n', f);
	}
	return fclose(f) ? NULL : out;
}
