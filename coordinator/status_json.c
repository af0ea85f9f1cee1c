/* SPDX-License-Identifier: MIT */
/* status_json.c - what the coordinator knows, as JSON (docs/protocol.md) */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "../common/jfile.h"
#include "../common/monotonic.h"
#include "job.h"
#include "phase.h"
#include "status.h"

#define INDENT_MAX 1000 /* ranks, of a status for people to read */

/* ms that have passed since, as s */
static double since(int64_t ms)
{
	return (double)(monotonic_ms() - ms) / 1000;
}

/* What the rank's last checkpoint has saved of it, as far as that is known. */
static uint64_t rank_memory(const struct round *r, uint32_t rank)
{
	const struct round_rank *k = rank < r->size ? &r->ranks[rank] : NULL;

	return !k ? 0 : k->written.raw_bytes ?: k->progress.total;
}

static json_t *rank_json(struct server *s, uint32_t i)
{
	const struct job_rank *k = &s->job.ranks[i];
	const struct manifest *m = &s->last;
	char what[PHASE_TEXT];
	json_t *phase = jfile_text(phase_of(s, i, what, sizeof(what)));

	/* clang-format off */
	return json_pack("{s:i, s:s, s:i, s:o, s:I, s:b, s:o, s:o, s:I, s:I}",
			 "rank", (int)i, "state", status_rank(k),
			 "pid", (int)k->pid, "host", jfile_text(k->host),
			 "restarted_from", (json_int_t)k->restarted,
			 "waited_for", round_waits_for(&s->round, i),
			 "phase", phase,
			 "call", jfile_text(phase_call(&s->round, i)),
			 "memory", (json_int_t)rank_memory(&s->round, i),
			 "image", (json_int_t)(m->images && i < m->size ?
						       m->images[i].bytes : 0));
	/* clang-format on */
}

static json_t *restart_json(struct server *s)
{
	const char *doing;
	uint32_t ready;

	if (!job_restoring(&s->job))
		return json_null();
	doing = phase_restart(&s->job, &ready);
	return json_pack("{s:s, s:i, s:f}", "phase", doing, "ranks_done",
			 (int)ready, "seconds", since(s->job.since));
}

static json_t *job_json(struct server *s, int brief)
{
	const struct job *j = &s->job;
	json_t *notes = json_array(), *ranks = json_array();
	unsigned int i;

	for (i = 0; i < j->n_notes; i++)
		json_array_append_new(notes, jfile_text(j->notes[i]));
	for (i = 0; !brief && i < j->size; i++)
		json_array_append_new(ranks, rank_json(s, i));
	/* clang-format off */
	return json_pack("{s:o, s:o, s:o, s:i, s:i, s:f, s:o, s:o, s:o}",
			 "key", jfile_text(j->key),
			 "program", jfile_text(j->program),
			 "mpi", jfile_text(j->mpi),
			 "size", (int)j->size,
			 "connected", (int)j->connected,
			 "seconds", j->size ? since(j->since) : 0.0,
			 "restart", restart_json(s),
			 "notes", notes, "ranks", ranks);
	/* clang-format on */
}

static json_t *round_json(struct server *s, int brief)
{
	const struct round *r = &s->round;
	uint32_t i;
	char who[PHASE_LIST];
	json_t *waits;

	if (r->stage == STAGE_IDLE)
		return json_null();
	waits = json_array();
	for (i = r->first; i < r->size && !brief; i++)
		if (round_waits_for(r, i))
			json_array_append_new(waits, json_integer(i));
	/* clang-format off */
	return json_pack("{s:I, s:s, s:f, s:f, s:i, s:I, s:I, s:o, s:o}",
			 "generation", (json_int_t)r->generation,
			 "stage", round_stage_name(r->stage),
			 "seconds", since(r->began[STAGE_CLOCK]),
			 "stage_seconds", since(r->began[r->stage]),
			 "ranks_done", (int)(r->size - r->busy),
			 "done", (json_int_t)r->written.done,
			 "total", (json_int_t)r->written.total,
			 "waits", jfile_text(phase_waits(r, who, sizeof(who))),
			 "waiting_for", waits);
	/* clang-format on */
}

time_t status_time(const struct manifest *m)
{
	struct tm tm = { 0 };

	return strptime(m->time, "%Y-%m-%dT%H:%M:%SZ", &tm) ? timegm(&tm) : 0;
}

static json_t *last_json(const struct manifest *m)
{
	time_t at = status_time(m);

	if (!m->generation)
		return json_null();
	/* clang-format off */
	return json_pack("{s:I, s:i, s:I, s:I, s:f, s:f, s:f, s:f, s:f, s:s,"
			 " s:I}",
			 "generation", (json_int_t)m->generation,
			 "ranks", (int)m->size,
			 "bytes", (json_int_t)m->bytes,
			 "raw_bytes", (json_int_t)m->raw_bytes,
			 "seconds", m->seconds, "stopped", m->stopped,
			 "stop", m->stop, "drain", m->drain, "write", m->write,
			 "time", m->time,
			 "age", (json_int_t)(at ? time(NULL) - at : -1));
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

double status_next(const struct server *s)
{
	double left = (double)(s->next_due - monotonic_ms()) / 1000;

	return !s->next_due ? -1 : left > 0 ? left : 0;
}

static char *dump(struct server *s, int brief)
{
	double next = status_next(s);
	/* clang-format off */
	json_t *j = json_pack("{s:i, s:i, s:o, s:o, s:i, s:o, s:i, s:i,"
			      " s:o, s:o, s:o, s:o, s:s, s:b, s:n}",
			      "version", 1, "pid", s->where.pid,
			      "host", jfile_text(s->where.on),
			      "ckptdir", jfile_text(s->dir.path),
			      "interval", (int)s->o.interval,
			      "next_in", next < 0 ? json_null() :
						    json_real(next),
			      "metrics_port", s->http.port,
			      "keep", (int)s->o.keep,
			      "job", s->job.size ? job_json(s, brief) :
						   json_null(),
			      "checkpoint", round_json(s, brief),
			      "last", last_json(&s->last),
			      "failed", s->failed[0] ? jfile_text(s->failed) :
						       json_null(),
			      "verb", "status", "ok", 1, "error");
	/* clang-format on */
	char *out =
		j ? json_dumps(j, s->job.size > INDENT_MAX ? JSON_COMPACT :
							     JSON_INDENT(1)) :
		    NULL;

	json_decref(j);
	return out;
}

/* An answer has a limit, which 80,000 ranks or so come to. */
char *status_json(struct server *s, int brief)
{
	char *out = dump(s, brief);

	if (!out || brief || strlen(out) < WIRE_LEN_TEXT - 64)
		return out;
	free(out);
	return dump(s, 1);
}
