/* SPDX-License-Identifier: MIT */
/* job.c - the ranks of the one job a coordinator serves at a time
 *
 * A job lasts while one of its ranks is connected. A rank that comes meanwhile
 * with another key or size belongs to another job and is refused.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include "../common/monotonic.h"
#include "../common/ckptdir.h"
#include "../common/text.h"
#include "barrier.h"
#include "carrier.h"
#include "log.h"
#include "checkpoint.h"
#include "ending.h"
#include "job.h"
#include "peer.h"
#include "server.h"
#include "waiting.h"

#define ADRIFT_MS 1500 /* mana_run waits 2 s to hear how a job has ended */

void job_fini(struct job *j)
{
	free(j->ranks);
	memset(j, 0, sizeof(*j));
}

static int job_new(struct server *s, const struct wire_hello *h)
{
	struct job *j = &s->job;

	job_fini(j);
	j->ranks = calloc(h->size, sizeof(*j->ranks));
	if (!j->ranks)
		return ENOMEM;
	j->size = h->size;
	j->since = monotonic_ms();
	memcpy(j->key, h->job, sizeof(j->key));
	memcpy(j->mpi, h->mpi, sizeof(j->mpi));
	memcpy(j->program, h->program, sizeof(j->program));
	memcpy(j->id, h->id, sizeof(j->id));
	if (!j->id[0] && job_id(j->id))
		return EIO;
	s->marked = 0;
	s->failed[0] = 0;
	s->again = 0;
	s->last_wanted = 0;
	s->ended = 0;
	s->next_due = 0;
	if (h->interval && h->interval <= OPTION_SECONDS_MAX)
		s->o.interval = h->interval;
	return 0;
}

static int refuse(int code, char *err, size_t errlen, const char *why)
{
	snprintf(err, errlen, "%s", why);
	return code;
}

/*
 * All ranks of a restart must have found the same generation: a host that has
 * not seen the newest yet would give an older one. Ranks of a launch may know
 * of two ids, if one that was alone, because the others had not started yet,
 * called exec or lost its coordinator. As there is no checkpoint yet, all take
 * the first id.
 */
static int refuse_mixed(const struct job *j, const struct wire_hello *h,
			char *err, size_t errlen)
{
	uint64_t generation = h->flags & WIRE_RESTARTED ? h->generation : 0;
	uint32_t i = 0;

	if (h->flags & WIRE_RESTARTED && h->id[0] && strcmp(h->id, j->id)) {
		snprintf(err, errlen,
			 "rank %u is of another job than the "
			 "others: restart with --generation",
			 h->rank);
		return 1;
	}
	if (!generation || !j->n_restarted || j->restarted == generation)
		return 0;
	while (!j->ranks[i].peer || !j->ranks[i].restarted)
		i++;
	snprintf(err, errlen,
		 "rank %u restarts generation %llu, rank "
		 "%u another, %llu: restart with --generation",
		 i, (unsigned long long)j->ranks[i].restarted, h->rank,
		 (unsigned long long)generation);
	return 1;
}

/* The same process: its old connection is one that it has given up, and that
 * nobody has told us of, as its gatherer stands still. When it asks next that
 * is closed. */
static int is_again(const struct job_rank *k, const struct wire_hello *h)
{
	return h->flags & WIRE_RECONNECT && k->peer->carrier &&
	       k->pid == h->pid && !strcmp(k->host, h->host);
}

static void rank_connected(struct job *j, struct peer *p,
			   const struct wire_hello *h)
{
	struct job_rank *k = &j->ranks[h->rank];

	j->gone -= k->seen != 0;
	memset(k, 0, sizeof(*k));
	k->peer = p;
	k->seen = 1;
	k->pid = h->pid;
	k->restarted = h->flags & WIRE_RESTARTED ? h->generation : 0;
	k->restoring = k->restarted != 0;
	memcpy(k->host, h->host, sizeof(k->host));
	p->rank = h->rank;
	j->connected++;
	if (!k->restarted)
		return;
	j->restoring++;
	j->n_restarted++;
	j->restarted = k->restarted;
}

int job_join(struct server *s, struct peer *p, const struct wire_hello *h,
	     char *err, size_t errlen)
{
	struct job *j = &s->job;
	struct job_rank *k;

	if (!h->job[0] || h->size < 1 || h->size > SERVER_SIZE_MAX ||
	    h->rank >= h->size)
		return refuse(EINVAL, err, errlen, "no such rank or size");
	if (j->connected && (strcmp(j->key, h->job) || j->size != h->size)) {
		snprintf(err, errlen,
			 "another job (%.200s, %u ranks) is using "
			 "%.400s: choose another --ckptdir",
			 j->program, j->connected, s->dir.path);
		return EBUSY;
	}
	if (!j->connected && job_new(s, h))
		return refuse(ENOMEM, err, errlen, "out of memory");
	if (j->connected && refuse_mixed(j, h, err, errlen))
		return EINVAL;
	k = &j->ranks[h->rank];
	if (k->peer) {
		if (is_again(k, h))
			peer_close(s, k->peer);
		/* without launcher: all that one shell has started */
		snprintf(err, errlen,
			 "rank %u of %.200s (pid %u) is connected "
			 "already: choose another --ckptdir",
			 h->rank, j->program, k->pid);
		return EBUSY;
	}
	rank_connected(j, p, h);
	if (j->connected == j->size) {
		j->adrift = 0;
		ending_begin(s);
		log_info("job %s: %u ranks of %s connected", j->key, j->size,
			 j->program);
		if (checkpoint_mark(s, err, errlen))
			log_error("%s", err);
		checkpoint_interval(s, s->o.interval);
	}
	return 0;
}

static void all_gone(struct server *s)
{
	log_info("job %s: all ranks are gone", s->job.key);
	s->alone = monotonic_ms();
	waiting_gone(s);
	checkpoint_interval(s, s->o.interval);
	s->ended = s->o.exit_on_last;
}

void job_leave(struct server *s, struct peer *p)
{
	struct job *j = &s->job;
	struct job_rank *k = &j->ranks[p->rank];
	int lost = !k->left && carrier_lost(p);

	if (lost)
		j->adrift = monotonic_ms() + ADRIFT_MS;
	else
		ending_note(s, p->rank);
	k->peer = NULL;
	j->connected--;
	j->gone++;
	j->restoring -= k->restoring != 0;
	j->n_restarted -= k->restarted != 0;
	if (!k->left && !lost)
		log_info("rank %u (pid %u on %s) is gone", p->rank, k->pid,
			 k->host);
	round_abort(&s->round,
		    "rank %u (pid %u on %s) %s during the checkpoint", p->rank,
		    k->pid, k->host,
		    k->left ? "ended" :
		    lost    ? "was cut off by the end of its gatherer" :
			      "lost its connection or died");
	barrier_break(s);
	if (!j->connected && !j->adrift)
		all_gone(s);
}

int64_t job_tick(struct server *s, int64_t now)
{
	struct job *j = &s->job;
	uint32_t i;

	if (!j->adrift)
		return INT_MAX;
	if (now < j->adrift)
		return j->adrift - now;
	j->adrift = 0;
	for (i = 0; i < j->size && (j->ranks[i].peer || !j->ranks[i].seen); i++)
		;
	if (i < j->size)
		ending_note(s, i);
	if (!j->connected)
		all_gone(s);
	return 0;
}

void job_kill(struct server *s, int code)
{
	struct wire_code m = { .code = code };

	s->job.killed = 1;
	checkpoint_stop(s, "the job is being killed");
	peer_send_all(s, WIRE_KILL, &m);
}

void job_settings(struct server *s, struct peer *p)
{
	struct wire_settings m = { .interval = s->o.interval,
				   .keep = s->o.keep,
				   .level = s->o.level,
				   .target_s = s->o.target_s,
				   .stage_s = s->o.stage_s,
				   .last = s->o.kill_after_ckpt != 0 };

	if (p)
		peer_send(s, p, WIRE_SETTINGS, &m);
	else
		peer_send_all(s, WIRE_SETTINGS, &m);
}

void job_goodbye(struct server *s)
{
	struct wire_code m = { .code = 0 };

	peer_send_all(s, WIRE_GOODBYE, &m);
	carrier_flush(s);
}

int job_restoring(const struct job *j)
{
	return j->restoring != 0;
}

void job_restored(struct job *j)
{
	uint32_t i;

	for (i = 0; i < j->size; i++)
		j->ranks[i].restoring = 0;
	j->restoring = 0;
}

const char *job_obstacle(const struct job *j, char *buf, size_t len)
{
	uint32_t i;

	if (!j->connected)
		return "no job is running";
	for (i = 0; i < j->size; i++) {
		if (j->ranks[i].left) {
			snprintf(buf, len,
				 "rank %u has ended with exit code %d", i,
				 j->ranks[i].code);
			return buf;
		}
		if (!j->ranks[i].peer) {
			snprintf(buf, len,
				 "%u of %u ranks are connected: rank %u %s",
				 j->connected, j->size, i,
				 j->ranks[i].seen ? "is gone" :
						    "has not come yet");
			return buf;
		}
	}
	return NULL;
}

const char *job_host(void *server, uint32_t rank)
{
	const struct server *s = server;

	return rank < s->job.size ? s->job.ranks[rank].host : "";
}

void job_note(struct job *j, uint32_t rank, const char *text)
{
	char clean[WIRE_TEXT], line[WIRE_TEXT];
	unsigned int i;

	text_copy(clean, sizeof(clean) - 32, text);
	snprintf(line, sizeof(line), "rank %u: %.900s", rank, clean);
	for (i = 0; i < j->n_notes; i++)
		if (!strcmp(j->notes[i], line))
			return;
	log_info("%s", line);
	if (j->n_notes < SERVER_NOTES)
		memcpy(j->notes[j->n_notes++], line, sizeof(line));
}
