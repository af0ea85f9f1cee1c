/* SPDX-License-Identifier: MIT */
/* dispatch.c - one message from a peer */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "../common/exit_code.h"
#include "../common/handshake.h"
#include "../common/monotonic.h"
#include "../common/survey.h"
#include "../common/text.h"
#include "barrier.h"
#include "carrier.h"
#include "checkpoint.h"
#include "dispatch.h"
#include "job.h"
#include "peer.h"
#include "server.h"
#include "status.h"

static void refuse(struct server *s, struct peer *p, int code, const char *text)
{
	struct wire_refused r = { .code = (uint32_t)code };

	snprintf(r.text, sizeof(r.text), "%s", text);
	peer_send(s, p, WIRE_REFUSED, &r);
	peer_close(s, p);
}

/* Names go into sentences for terminals, and are compared with each other. */
static void clean(struct wire_hello *h)
{
	text_clean(h->host);
	text_clean(h->job);
	text_clean(h->mpi);
	text_clean(h->program);
}

static void on_call(struct server *s, struct peer *p,
		    const struct wire_call *call)
{
	struct wire_greeting g;

	if (handshake_greet(&p->c, s->where.secret, call, &g))
		peer_close(s, p);
	else
		peer_send(s, p, WIRE_GREETING, &g);
}

static void on_hello(struct server *s, struct peer *p, struct wire_hello *h)
{
	struct wire_welcome w = { .generation = s->complete,
				  .interval = s->o.interval,
				  .keep = s->o.keep };
	char err[WIRE_TEXT] = "bad HELLO";
	int code = 0;

	if (!handshake_is_proven(&p->c, s->where.secret, h)) {
		refuse(s, p, EACCES,
		       "wrong secret: use the one in the "
		       "coordinator's file, or $MANA_SECRET");
		return;
	}
	clean(h);
	if (h->kind == WIRE_RANK)
		code = job_join(s, p, h, err, sizeof(err));
	else if (p->carrier ||
		 (h->kind != WIRE_COMMAND && h->kind != WIRE_GATHERER))
		code = EINVAL;
	if (code) {
		refuse(s, p, code, err);
		return;
	}
	peer_known(s, p, h->kind);
	memcpy(w.id, s->job.id, sizeof(w.id));
	memcpy(w.job, s->job.key, sizeof(w.job));
	memcpy(w.ckptdir, s->dir.path, sizeof(w.ckptdir));
	if (p->kind == WIRE_RANK) {
		peer_queue(s, p, WIRE_WELCOME, &w);
		job_settings(s, p);
	} else {
		peer_send(s, p, WIRE_WELCOME, &w);
	}
}

static void reply_free(struct server *s, struct peer *p, char *text)
{
	peer_reply(s, p, text ? 0 : 1, text ? text : "out of memory");
	free(text);
}

static void begun(struct server *s, struct peer *p, uint64_t generation)
{
	const char *fmt = p->json ? "{\"generation\": %llu, "
				    "\"committed\": false}" :
				    "generation %llu begun";
	char text[64];

	snprintf(text, sizeof(text), fmt, (unsigned long long)generation);
	peer_reply(s, p, 0, text);
}

static void on_checkpoint(struct server *s, struct peer *p,
			  const struct wire_request *q)
{
	char err[WIRE_TEXT], text[WIRE_TEXT + 64];
	uint64_t generation;

	p->json = (q->flags & REQUEST_JSON) != 0;
	if (checkpoint_request(s, &generation, err, sizeof(err))) {
		snprintf(text, sizeof(text), "checkpoint failed: %s", err);
		peer_reply(s, p, 1, text);
		return;
	}
	if (q->flags & REQUEST_KILL)
		checkpoint_ends_job(s, generation);
	if (!q->wait) {
		begun(s, p, generation);
		return;
	}
	p->wait = generation;
	p->gone = q->flags & REQUEST_GONE ? PEER_LAST : 0;
}

static void on_kill(struct server *s, struct peer *p, int wait)
{
	job_kill(s, EXIT_KILLED);
	if (wait && s->job.connected)
		p->gone = PEER_GONE;
	else
		peer_reply(s, p, 0, "");
}

/* All of the directory's generations are looked at meanwhile, and nobody else
 * is listened to. */
static void on_prune(struct server *s, struct peer *p, uint64_t keep)
{
	struct survey_prune how = { .keep = (unsigned int)keep,
				    .id = s->job.id };
	char err[WIRE_TEXT] = "out of memory";
	json_t *done = NULL;
	struct survey v;
	int rc = 0;

	if (keep < 1 || keep > OPTION_KEEP_MAX) {
		peer_reply(s, p, 1, "prune: keep one generation at least");
		return;
	}
	if (job_restoring(&s->job)) {
		peer_reply(s, p, 1,
			   "prune: the job is being restarted: ask again when "
			   "it runs");
		return;
	}
	if (s->round.stage != STAGE_IDLE)
		how.busy = s->round.generation;
	if (!directory_check(&s->dir, err, sizeof(err))) {
		rc = survey_read(&v, s->dir.fd, s->dir.path);
		if (!rc)
			done = survey_prune(&v, s->dir.fd, &how);
		else
			snprintf(err, sizeof(err), "%.900s: %s", s->dir.path,
				 strerror(-rc));
		survey_fini(&v);
	}
	if (done)
		reply_free(s, p, json_dumps(done, JSON_COMPACT));
	else
		peer_reply(s, p, 1, err);
	json_decref(done);
}

static void on_request(struct server *s, struct peer *p,
		       const struct wire_request *q)
{
	switch (q->verb) {
	case VERB_CHECKPOINT:
		on_checkpoint(s, p, q);
		break;
	case VERB_STATUS:
		reply_free(s, p,
			   q->arg ? status_json(s, q->arg == STATUS_BRIEF) :
				    status_text(s));
		break;
	case VERB_INTERVAL:
		if (q->arg > OPTION_SECONDS_MAX) {
			peer_reply(s, p, 1,
				   "interval: too long: give fewer seconds");
			break;
		}
		checkpoint_interval(s, (unsigned int)q->arg);
		peer_reply(s, p, 0, "");
		break;
	case VERB_KILL:
		on_kill(s, p, q->wait != 0);
		break;
	case VERB_QUIT:
		checkpoint_stop(s, "the coordinator was asked to quit");
		peer_reply(s, p, 0, "");
		s->quit = 1;
		break;
	case VERB_PRUNE:
		on_prune(s, p, q->arg);
		break;
	default:
		peer_reply(s, p, 1, "unknown request");
	}
}

static void on_rank(struct server *s, struct peer *p, const struct wire_msg *m)
{
	struct job_rank *k = &s->job.ranks[p->rank];

	switch (m->type) {
	case WIRE_BARRIER:
		if (m->u.barrier.name[0])
			barrier_enter(s, p->rank, m->u.barrier.name);
		break;
	case WIRE_FINISHED:
		k->finished = 1;
		k->code = m->u.code.code;
		break;
	case WIRE_GOODBYE:
		k->left = 1;
		k->code = m->u.code.code;
		peer_close(s, p);
		break;
	case WIRE_NOTE:
		job_note(&s->job, p->rank, m->u.failed.text);
		break;
	default:
		round_message(&s->round, p->rank, m, monotonic_ms());
	}
}

void dispatch(struct server *s, struct peer *p, struct wire_msg *m)
{
	if (!p->kind && m->type == WIRE_CALL)
		on_call(s, p, &m->u.call);
	else if (!p->kind && m->type == WIRE_HELLO && p->c.greeted)
		on_hello(s, p, &m->u.hello);
	else if (!p->kind || m->type == WIRE_HELLO)
		peer_close(s, p);
	else if (p->kind == WIRE_GATHERER && m->type == WIRE_OF)
		carrier_take(s, p, &m->u.of);
	else if (p->kind == WIRE_GATHERER)
		peer_close(s, p);
	else if (m->type == WIRE_REQUEST)
		on_request(s, p, &m->u.request);
	else if (p->kind == WIRE_RANK)
		on_rank(s, p, m);
}
