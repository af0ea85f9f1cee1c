/* SPDX-License-Identifier: MIT */
/* status.c - what the coordinator knows, as text and as JSON */
#include <stdlib.h>
#include <string.h>
#include "../common/monotonic.h"
#include "../common/jfile.h"
#include "server.h"
#include "status.h"

static double mib(uint64_t bytes)
{
	return (double)bytes / (1 << 20);
}

static const char *rank_state(const struct job_rank *k)
{
	if (k->left)
		return "ended";
	if (k->peer)
		return k->finished ? "finishing" : "running";
	return k->seen ? "gone" : "expected";
}

static void sum_progress(const struct round *r, uint64_t *done, uint64_t *total)
{
	uint32_t i;

	*done = *total = 0;
	for (i = 0; i < r->size; i++) {
		*done += r->ranks[i].progress.done;
		*total += r->ranks[i].progress.total;
	}
}

char *status_last(const struct manifest *m, char *buf, size_t len)
{
	snprintf(buf, len,
		 "generation %llu committed: %u rank%s, %.1f MiB, %.2f s",
		 (unsigned long long)m->generation, m->size,
		 m->size == 1 ? "" : "s", mib(manifest_bytes(m)), m->seconds);
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
	uint64_t done, total;
	char who[256];

	if (r->stage == STAGE_IDLE)
		return;
	fprintf(f,
		"checkpoint: generation %llu, stage '%s', %.1f s, waiting "
		"for rank %s\n",
		(unsigned long long)r->generation, round_stage_name(r->stage),
		(double)(monotonic_ms() - r->began[STAGE_CLOCK]) / 1000,
		round_waiting(r, who, sizeof(who)));
	sum_progress(r, &done, &total);
	if (r->stage == STAGE_WRITE && total)
		fprintf(f, "written: %.1f of %.1f MiB\n", mib(done),
			mib(total));
}

char *status_text(struct server *s)
{
	char line[256], *out = NULL;
	size_t len;
	FILE *f = open_memstream(&out, &len);

	if (!f)
		return NULL;
	job_text(s, f);
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
	char *out = NULL;
	size_t len;
	uint32_t i;
	FILE *f = open_memstream(&out, &len);

	if (!f)
		return NULL;
	if (!j->size)
		fprintf(f, "no job is running\n");
	for (i = 0; i < j->size; i++)
		fprintf(f, "rank %u: %s, pid %u on %s%s\n", i,
			rank_state(&j->ranks[i]), j->ranks[i].pid,
			j->ranks[i].host[0] ? j->ranks[i].host : "?",
			round_waits_for(&s->round, i) ?
				", the checkpoint waits for it" :
				"");
	return fclose(f) ? NULL : out;
}

static json_t *ranks_json(struct server *s)
{
	json_t *list = json_array();
	uint32_t i;

	for (i = 0; i < s->job.size; i++) {
		const struct job_rank *k = &s->job.ranks[i];

		json_array_append_new(
			list,
			json_pack("{s:i, s:s, s:i, s:o, s:I, s:b}", "rank",
				  (int)i, "state", rank_state(k), "pid",
				  (int)k->pid, "host", jfile_text(k->host),
				  "restarted_from", (json_int_t)k->restarted,
				  "waited_for", round_waits_for(&s->round, i)));
	}
	return list;
}

static json_t *job_json(struct server *s)
{
	const struct job *j = &s->job;
	json_t *notes = json_array();
	unsigned int i;

	for (i = 0; i < j->n_notes; i++)
		json_array_append_new(notes, jfile_text(j->notes[i]));
	/* clang-format off */
	return json_pack("{s:o, s:o, s:o, s:i, s:i, s:f, s:o, s:o}",
			 "key", jfile_text(j->key),
			 "program", jfile_text(j->program),
			 "mpi", jfile_text(j->mpi),
			 "size", (int)j->size,
			 "connected", (int)j->connected,
			 "seconds",
			 j->size ? (double)(monotonic_ms() - j->since) / 1000 :
				   0.0,
			 "notes", notes, "ranks", ranks_json(s));
	/* clang-format on */
}

static json_t *round_json(struct server *s)
{
	const struct round *r = &s->round;
	int64_t now = monotonic_ms();
	uint64_t done, total;
	uint32_t i;
	json_t *waits;

	if (r->stage == STAGE_IDLE)
		return json_null();
	waits = json_array();
	for (i = 0; i < r->size; i++)
		if (round_waits_for(r, i))
			json_array_append_new(waits, json_integer(i));
	sum_progress(r, &done, &total);
	/* clang-format off */
	return json_pack("{s:I, s:s, s:f, s:I, s:I, s:o}",
			 "generation", (json_int_t)r->generation,
			 "stage", round_stage_name(r->stage),
			 "seconds",
			 (double)(now - r->began[STAGE_CLOCK]) / 1000,
			 "done", (json_int_t)done, "total", (json_int_t)total,
			 "waiting_for", waits);
	/* clang-format on */
}

static json_t *last_json(const struct manifest *m)
{
	if (!m->generation)
		return json_null();
	/* clang-format off */
	return json_pack("{s:I, s:i, s:I, s:I, s:f, s:f, s:f, s:f, s:f, s:s}",
			 "generation", (json_int_t)m->generation,
			 "ranks", (int)m->size,
			 "bytes", (json_int_t)manifest_bytes(m),
			 "raw_bytes", (json_int_t)m->raw_bytes,
			 "seconds", m->seconds, "stopped", m->stopped,
			 "stop", m->stop, "drain", m->drain, "write", m->write,
			 "time", m->time);
	/* clang-format on */
}

char *status_last_json(const struct manifest *m)
{
	json_t *j = last_json(m);
	char *out = NULL;

	if (j && !json_object_set_new(j, "committed", json_true()))
		out = json_dumps(j, JSON_COMPACT);
	json_decref(j);
	return out;
}

char *status_json(struct server *s)
{
	/* clang-format off */
	json_t *j = json_pack("{s:i, s:i, s:o, s:i, s:i, s:o, s:o, s:o, s:o,"
			      " s:s, s:b, s:n}",
			      "version", 1, "pid", s->where.pid,
			      "ckptdir", jfile_text(s->dir.path),
			      "interval", (int)s->o.interval,
			      "keep", (int)s->o.keep,
			      "job", s->job.size ? job_json(s) : json_null(),
			      "checkpoint", round_json(s),
			      "last", last_json(&s->last),
			      "failed", s->failed[0] ? jfile_text(s->failed) :
						       json_null(),
			      "verb", "status", "ok", 1, "error");
	/* clang-format on */
	char *out = j ? json_dumps(j, JSON_INDENT(1)) : NULL;

	json_decref(j);
	return out;
}
