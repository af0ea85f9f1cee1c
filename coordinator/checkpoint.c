/* SPDX-License-Identifier: MIT */
/* checkpoint.c - rounds as the server runs them: requests, timer, commit */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "../common/monotonic.h"
#include "../common/ckptdir.h"
#include "../common/exit_code.h"
#include "../common/generation.h"
#include "log.h"
#include "checkpoint.h"
#include "home.h"
#include "job.h"
#include "peer.h"
#include "server.h"
#include "status.h"
#include "tell.h"
#include "waiting.h"

static void send_rank(void *arg, uint32_t rank, enum wire_type type,
		      const void *msg)
{
	struct server *s = arg;

	if (rank < s->job.size && s->job.ranks[rank].peer)
		peer_send(s, s->job.ranks[rank].peer, type, msg);
}

/* A job that ends with this checkpoint is told so instead of to run on. */
static void send_all(void *arg, enum wire_type type, const void *msg)
{
	static const struct wire_code end = { .code = EXIT_KILLED };
	struct server *s = arg;

	if (type == WIRE_RESUME && s->job.killed)
		peer_send_all(s, WIRE_KILL, &end);
	else
		peer_send_all(s, type, msg);
}

static double seconds(int64_t from, int64_t to)
{
	return (double)(to - from) / 1000;
}

_Static_assert(STAGE_CLOCK + PHASE_TARGETS == STAGE_TARGET &&
		       STAGE_CLOCK + PHASE_STOP == STAGE_STOP &&
		       STAGE_CLOCK + PHASE_DRAIN == STAGE_DRAIN &&
		       STAGE_CLOCK + PHASE_WRITE == STAGE_WRITE,
	       "a phase is a stage");

/* By this process's clock alone, but for how long a rank's disk took. */
static void fill_phases(const struct round *r, struct manifest *m)
{
	uint32_t i, p;

	m->phases = 1;
	for (p = 0; p <= PHASE_WRITE; p++)
		m->began[p] = (uint32_t)(r->began[STAGE_CLOCK + p] -
					 r->began[STAGE_CLOCK]);
	for (i = 0; i < r->size; i++) {
		uint32_t *took = m->images[i].took;
		uint64_t sync = r->ranks[i].written.sync_us / 1000;

		for (p = 0; p <= PHASE_WRITE; p++)
			took[p] = r->ranks[i].took[STAGE_CLOCK + p];
		took[PHASE_SYNC] =
			sync < took[PHASE_WRITE] ? sync : took[PHASE_WRITE];
	}
}

static void fill_times(const struct round *r, struct manifest *m)
{
	int64_t now = monotonic_ms();

	m->seconds = seconds(r->began[STAGE_CLOCK], now);
	m->stopped = seconds(r->began[STAGE_STOP], now);
	m->stop = seconds(r->began[STAGE_STOP], r->began[STAGE_DRAIN]);
	m->drain = seconds(r->began[STAGE_DRAIN], r->began[STAGE_WRITE]);
	m->write = seconds(r->began[STAGE_WRITE], now);
}

static void fill_manifest(struct server *s, struct round *r, struct manifest *m)
{
	time_t t = time(NULL);
	struct tm tm;
	uint32_t i;

	m->generation = r->generation;
	m->size = r->size;
	m->interval = (int)s->o.interval;
	m->keep = (int)s->o.keep;
	m->level = s->o.level;
	fill_times(r, m);
	fill_phases(r, m);
	memcpy(m->id, s->job.id, sizeof(m->id));
	memcpy(m->job, s->job.key, sizeof(m->job));
	memcpy(m->mpi, s->job.mpi, sizeof(m->mpi));
	memcpy(m->program, s->job.program, sizeof(m->program));
	strftime(m->time, sizeof(m->time), "%Y-%m-%dT%H:%M:%SZ",
		 gmtime_r(&t, &tm));
	for (i = 0; i < r->size; i++) {
		const struct wire_written *w = &r->ranks[i].written;

		m->bytes += w->bytes;
		m->raw_bytes += w->raw_bytes;
		m->images[i].bytes = w->bytes;
		m->images[i].digest = w->digest;
		memcpy(m->images[i].file, w->file, sizeof(w->file));
		memcpy(m->images[i].host, s->job.ranks[i].host, WIRE_NAME);
	}
}

/* A directory that has lost its name takes what is written into it along, so
 * its name is checked first. */
static int write_manifest(struct server *s, struct round *r,
			  const struct manifest *m, char *err, size_t errlen)
{
	struct reason why = { 0 };
	int rc = directory_check(&s->dir, err, errlen);

	if (rc)
		return rc;
	rc = manifest_check(s->gen, r->dir, m, &why);
	if (!rc)
		rc = manifest_write(s->gen, r->dir, m, &why);
	if (rc)
		reason_text(&why, err, errlen);
	return rc;
}

void checkpoint_ends_job(struct server *s, uint64_t generation)
{
	if (!s->last_wanted || s->last_wanted > generation)
		s->last_wanted = generation;
}

static int commit(void *arg, struct round *r, char *err, size_t errlen)
{
	struct server *s = arg;
	struct manifest m = { 0 };
	int rc;

	m.images = calloc(r->size, sizeof(*m.images));
	if (!m.images) {
		snprintf(err, errlen, "out of memory");
		return -ENOMEM;
	}
	fill_manifest(s, r, &m);
	rc = write_manifest(s, r, &m, err, errlen);
	if (rc) {
		manifest_fini(&m);
		return rc;
	}
	manifest_fini(&s->last);
	s->last = m;
	s->complete = r->generation;
	s->failed[0] = 0;
	rc = generation_latest(s->dir.fd, r->generation);
	if (rc)
		log_error("%s/latest: %s", s->dir.path, strerror(-rc));
	if (s->o.kill_after_ckpt ||
	    (s->last_wanted && s->last_wanted <= r->generation))
		s->job.killed = 1;
	return 0;
}

/*
 * A checkpoint by interval has failed: nobody has asked for it, so nobody gets
 * an answer, and the user is told on the job's stderr. Not at the end of a job,
 * which is as it should be; and that ranks are missing may pass.
 */
static void tell(struct server *s, const char *why)
{
	char text[WIRE_TEXT], buf[256];
	uint32_t i;

	for (i = 0; i < s->job.size; i++)
		if (s->job.ranks[i].finished || s->job.ranks[i].left)
			return;
	if (job_obstacle(&s->job, buf, sizeof(buf)) && s->obstacles++ < 1)
		return;
	snprintf(text, sizeof(text), "no checkpoint: %.1000s", why);
	job_tell_once(s, text);
}

static void over(void *arg, struct round *r, const char *failed)
{
	struct server *s = arg;
	char text[WIRE_TEXT + 64], lost[WIRE_TEXT];

	close(s->gen);
	s->gen = -1;
	s->n_failed += failed != NULL;
	s->n_committed += !failed;
	if (failed) {
		if (s->timed)
			tell(s, failed);
		generation_remove(s->dir.fd, r->generation, s->job.id);
		snprintf(s->failed, sizeof(s->failed),
			 "generation %llu: %.900s",
			 (unsigned long long)r->generation, failed);
		snprintf(text, sizeof(text), "checkpoint failed: %s",
			 s->failed);
	} else {
		status_last(&s->last, text, sizeof(text));
		if (!directory_check(&s->dir, lost, sizeof(lost)))
			generation_prune(s->dir.fd, s->job.id, s->o.keep);
	}
	log_info("%s%s", text,
		 !failed && s->job.killed ? ": the job ends with it" : "");
	s->timed = 0;
	waiting_answer(s, r->generation, failed ? text : NULL);
	checkpoint_interval(s, s->o.interval);
}

static const struct round_ops ops = { send_rank, send_all, commit, over,
				      job_host };

void checkpoint_scan(struct server *s)
{
	struct reason why = { 0 };
	struct generations g;
	char path[WIRE_PATH + 32], err[WIRE_TEXT];
	int gen;

	manifest_fini(&s->last);
	s->complete = 0;
	if (generation_scan(s->dir.fd, &g))
		return;
	if (g.newest > s->generation)
		s->generation = g.newest;
	s->complete = g.complete;
	if (!g.complete)
		return;
	snprintf(path, sizeof(path), "%s/%llu", s->dir.path,
		 (unsigned long long)g.complete);
	gen = generation_open(s->dir.fd, s->dir.path, g.complete, &why);
	if (gen < 0 || manifest_read(gen, path, g.complete, &s->last, &why))
		log_error("%s", reason_text(&why, err, sizeof(err)));
	if (gen >= 0)
		close(gen);
}

void checkpoint_init(struct server *s)
{
	round_init(&s->round, &ops, s, s->o.target_s * 1000LL,
		   s->o.stage_s * 1000LL);
	checkpoint_scan(s);
}

int checkpoint_mark(struct server *s, char *err, size_t errlen)
{
	struct job_mark m = { 0 };
	int rc;

	if (s->marked)
		return 0;
	memcpy(m.id, s->job.id, sizeof(m.id));
	memcpy(m.program, s->job.program, sizeof(m.program));
	rc = job_mark_write(s->dir.fd, &m, 1);
	s->marked = !rc;
	if (rc)
		snprintf(err, errlen, "cannot write %s/" JOB_FILE ": %s",
			 s->dir.path, strerror(-rc));
	return rc;
}

/* The next number, and its directory with its mark. */
static int make(struct server *s, struct job_mark *m, char *err, size_t errlen)
{
	struct generations g;

	if (!generation_scan(s->dir.fd, &g) && g.newest > s->generation)
		s->generation = g.newest;
	if (s->generation >= GENERATION_MAX) {
		snprintf(err, errlen,
			 "%s/%lld: there is no higher number of a "
			 "generation: move it away",
			 s->dir.path, GENERATION_MAX);
		return -EOVERFLOW;
	}
	memset(m, 0, sizeof(*m));
	memcpy(m->id, s->job.id, sizeof(m->id));
	memcpy(m->program, s->job.program, sizeof(m->program));
	if (job_id(m->round)) {
		snprintf(err, errlen, "no random numbers");
		return -EIO;
	}
	s->generation++;
	return generation_make(s->dir.fd, s->dir.path, s->generation, m,
			       s->job.size, err, errlen);
}

/* A new round, now. */
static int begin(struct server *s, char *err, size_t errlen)
{
	char path[WIRE_PATH + 32], buf[256];
	const char *why = job_obstacle(&s->job, buf, sizeof(buf));
	struct job_mark m;
	int rc;

	if (why) {
		snprintf(err, errlen, "%s", why);
		return -EAGAIN;
	}
	rc = home_keep(s, err, errlen);
	if (!rc)
		rc = checkpoint_mark(s, err, errlen);
	if (!rc)
		rc = make(s, &m, err, errlen);
	if (rc < 0)
		return rc;
	s->gen = rc;
	snprintf(path, sizeof(path), "%s/%llu", s->dir.path,
		 (unsigned long long)s->generation);
	rc = round_begin(&s->round, s->job.size, s->generation, path, m.round,
			 s->o.level, monotonic_ms());
	if (rc) {
		close(s->gen);
		s->gen = -1;
		generation_remove(s->dir.fd, s->generation, s->job.id);
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
			s->n_failed++;
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
	if (!checkpoint_request(s, &wait, err, sizeof(err))) {
		s->timed = timer;
		s->obstacles = 0;
		return;
	}
	if (timer)
		tell(s, err);
	snprintf(text, sizeof(text), "checkpoint failed: %s", err);
	log_info("%s", text);
	waiting_answer(s, UINT64_MAX, text);
}

void checkpoint_stop(struct server *s, const char *why)
{
	s->timed = 0;
	round_abort(&s->round, "%s", why);
}

/* The next one is due this long after now; none without a job. */
void checkpoint_interval(struct server *s, unsigned int seconds)
{
	int changed = s->o.interval != seconds;

	s->o.interval = seconds;
	if (changed)
		job_settings(s, NULL);
	s->next_due = seconds && s->job.connected ?
			      monotonic_ms() + seconds * 1000LL :
			      0;
}
