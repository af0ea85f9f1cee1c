/* SPDX-License-Identifier: MIT */
/* checkpoint.c - rounds as the server runs them: requests, timer, commit */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "generation.h"
#include "server.h"

static void send_rank(void *arg, uint32_t rank, enum wire_type type,
		      const void *msg)
{
	struct server *s = arg;

	if (rank < s->job.size && s->job.ranks[rank].peer)
		peer_send(s, s->job.ranks[rank].peer, type, msg);
}

static double seconds(int64_t from, int64_t to)
{
	return (double)(to - from) / 1000;
}

static void fill_times(const struct round *r, struct manifest *m)
{
	int64_t now = server_now();

	m->seconds = seconds(r->began[STAGE_CLOCK], now);
	m->stopped = seconds(r->began[STAGE_STOP], now);
	m->stop = seconds(r->began[STAGE_STOP], r->began[STAGE_DRAIN]);
	m->drain = seconds(r->began[STAGE_DRAIN], r->began[STAGE_WRITE]);
	m->write = seconds(r->began[STAGE_WRITE], now);
}

static void fill_manifest(struct server *s, struct round *r,
			  struct manifest *m)
{
	time_t t = time(NULL);
	struct tm tm;
	uint32_t i;

	m->generation = r->generation;
	m->size = r->size;
	m->interval = s->o.interval;
	m->keep = s->o.keep;
	m->level = s->o.level;
	fill_times(r, m);
	memcpy(m->job, s->job.key, sizeof(m->job));
	memcpy(m->mpi, s->job.mpi, sizeof(m->mpi));
	memcpy(m->program, s->job.program, sizeof(m->program));
	strftime(m->time, sizeof(m->time), "%Y-%m-%dT%H:%M:%SZ",
		 gmtime_r(&t, &tm));
	for (i = 0; i < r->size; i++) {
		const struct wire_written *w = &r->ranks[i].written;

		m->raw_bytes += w->raw_bytes;
		m->ranks[i].bytes = w->bytes;
		m->ranks[i].digest = w->digest;
		memcpy(m->ranks[i].file, w->file, sizeof(w->file));
		memcpy(m->ranks[i].host, s->job.ranks[i].host, WIRE_NAME);
	}
}

static int commit(void *arg, struct round *r, char *err, size_t errlen)
{
	struct server *s = arg;
	struct manifest m = { 0 };
	int rc;

	m.ranks = calloc(r->size, sizeof(*m.ranks));
	if (!m.ranks) {
		snprintf(err, errlen, "out of memory");
		return -ENOMEM;
	}
	fill_manifest(s, r, &m);
	rc = manifest_write(r->dir, &m, err, errlen);
	if (rc) {
		manifest_fini(&m);
		return rc;
	}
	manifest_fini(&s->last);
	s->last = m;
	s->complete = r->generation;
	s->failed[0] = 0;
	rc = generation_latest(s->dir, r->generation);
	if (rc)
		log_error("%s/latest: %s", s->dir, strerror(-rc));
	return 0;
}

/* Answer those who wait for this generation or an earlier one. */
static void answer(struct server *s, uint64_t generation, uint32_t code,
		   const char *text)
{
	struct peer *p;

	for (p = s->peers; p; p = p->next) {
		if (!p->wait || p->wait > generation)
			continue;
		p->wait = 0;
		peer_reply(s, p, code, text);
	}
}

static void over(void *arg, struct round *r, const char *failed)
{
	struct server *s = arg;
	char text[WIRE_TEXT + 64];

	if (failed) {
		generation_remove(s->dir, r->generation);
		snprintf(s->failed, sizeof(s->failed),
			 "generation %llu: %.900s",
			 (unsigned long long)r->generation, failed);
		snprintf(text, sizeof(text), "checkpoint failed: %s",
			 s->failed);
	} else {
		status_last(&s->last, text, sizeof(text));
		generation_prune(s->dir, s->o.keep);
	}
	log_info("%s", text);
	answer(s, r->generation, failed != NULL, text);
	checkpoint_interval(s, s->o.interval);
}

static const struct round_ops ops = { send_rank, commit, over };

void checkpoint_init(struct server *s)
{
	struct generations g;
	char path[WIRE_PATH + 32], err[WIRE_TEXT];

	round_init(&s->round, &ops, s, s->o.target_s * 1000LL,
		   s->o.stage_s * 1000LL);
	if (generation_scan(s->dir, &g))
		return;
	s->generation = g.newest;
	s->complete = g.complete;
	if (!g.complete)
		return;
	snprintf(path, sizeof(path), "%s/%llu", s->dir,
		 (unsigned long long)g.complete);
	if (manifest_read(path, &s->last, err, sizeof(err)))
		log_error("%s", err);
}

/* A new round, now. */
static int begin(struct server *s, char *err, size_t errlen)
{
	struct generations g;
	char path[WIRE_PATH], buf[256];
	const char *why = job_obstacle(&s->job, buf, sizeof(buf));
	int rc;

	if (why) {
		snprintf(err, errlen, "%s", why);
		return -EAGAIN;
	}
	if (!generation_scan(s->dir, &g) && g.newest > s->generation)
		s->generation = g.newest;
	s->generation++;
	rc = generation_make(s->dir, s->generation, path, sizeof(path), err,
			     errlen);
	if (rc)
		return rc;
	rc = round_begin(&s->round, s->job.size, s->generation, path,
			 s->o.level, server_now());
	if (rc) {
		generation_remove(s->dir, s->generation);
		snprintf(err, errlen, "%s", strerror(-rc));
	}
	return rc;
}

int checkpoint_request(struct server *s, uint64_t *wait, char *err,
		       size_t errlen)
{
	if (s->round.stage >= STAGE_STOP) {
		s->again = 1;
		*wait = s->round.generation + 1;
		return 0;
	}
	if (job_restoring(&s->job)) {
		s->again = 1;
		*wait = s->generation + 1;
		return 0;
	}
	if (s->round.stage == STAGE_IDLE) {
		int rc = begin(s, err, errlen);

		if (rc) {
			snprintf(s->failed, sizeof(s->failed), "%.1000s", err);
			return rc;
		}
	}
	*wait = s->round.generation;
	return 0;
}

void checkpoint_due(struct server *s, int64_t now)
{
	int timer = s->next_due && now >= s->next_due;
	char err[WIRE_TEXT], text[WIRE_TEXT + 32];
	uint64_t wait;

	if (s->round.stage != STAGE_IDLE || (!timer && !s->again) ||
	    job_restoring(&s->job))
		return;
	s->again = 0;
	checkpoint_interval(s, s->o.interval);
	if (!checkpoint_request(s, &wait, err, sizeof(err)))
		return;
	snprintf(text, sizeof(text), "checkpoint failed: %s", err);
	log_info("%s", text);
	answer(s, UINT64_MAX, 1, text);
}

/* The next one is due this long after now; none without a job. */
void checkpoint_interval(struct server *s, unsigned int seconds)
{
	s->o.interval = seconds;
	s->next_due = seconds && s->job.connected ?
			      server_now() + seconds * 1000LL : 0;
}
