/* SPDX-License-Identifier: MIT */
/* request.c - what mana_run asks the coordinator of its job */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include "request.h"

#define PATIENCE_MS 5000 /* a person may wait for us */

void request_init(struct request *r)
{
	r->conn.fd = -1;
}

void request_close(struct request *r)
{
	if (r->conn.fd >= 0)
		wire_close(&r->conn);
	r->conn.fd = -1;
}

static int send_one(struct wire_conn *c, const char *dir,
		    const struct wire_request *q, char *err, size_t errlen)
{
	struct client_options o = { .ckptdir = dir,
				    .patience_ms = PATIENCE_MS,
				    .level = -1 };
	struct wire_hello h;
	int rc;

	client_hello_init(&h, WIRE_COMMAND);
	rc = client_join(&o, &h, c, NULL, NULL, err, errlen);
	if (rc) {
		c->fd = -1;
		return rc;
	}
	rc = wire_send(c, WIRE_REQUEST, q, PATIENCE_MS);
	if (!rc)
		return 0;
	wire_close(c);
	c->fd = -1;
	snprintf(err, errlen, "the coordinator does not listen: %s",
		 strerror(-rc));
	return rc;
}

int request_checkpoint(struct request *r, const char *dir, char *err,
		       size_t errlen)
{
	struct wire_request q = { .verb = VERB_CHECKPOINT,
				  .wait = 1,
				  .flags = REQUEST_KILL };

	request_close(r);
	return send_one(&r->conn, dir, &q, err, errlen);
}

int request_answer(struct request *r, char *err, size_t errlen)
{
	struct wire_msg m;
	int rc = wire_recv(&r->conn, &m, 0);

	if (rc == -ETIMEDOUT)
		return -EAGAIN;
	if (!rc && m.type != WIRE_REPLY)
		rc = -EPROTO;
	if (rc)
		snprintf(err, errlen, "the coordinator has ended");
	else
		snprintf(err, errlen, "%.*s",
			 (int)strcspn(m.u.reply.text, "\n"), m.u.reply.text);
	if (!rc)
		rc = m.u.reply.code ? 1 : 0;
	request_close(r);
	return rc;
}

/* *m is valid until the connection is closed. */
static int ask(struct wire_conn *c, const char *dir, enum wire_verb verb,
	       uint64_t arg, struct wire_msg *m)
{
	struct wire_request q = { .verb = verb, .arg = arg };
	char err[WIRE_TEXT];
	int rc = send_one(c, dir, &q, err, sizeof(err));

	if (rc)
		return rc;
	rc = wire_recv(c, m, PATIENCE_MS);
	if (!rc && (m->type != WIRE_REPLY || m->u.reply.code))
		rc = -EPROTO;
	return rc;
}

static int tell(const char *dir, enum wire_verb verb, uint64_t arg)
{
	struct wire_conn c = { .fd = -1 };
	struct wire_msg m;
	int rc = ask(&c, dir, verb, arg, &m);

	if (c.fd >= 0)
		wire_close(&c);
	return rc;
}

int request_kill(const char *dir)
{
	return tell(dir, VERB_KILL, 0);
}

int request_interval(const char *dir, unsigned int seconds)
{
	return tell(dir, VERB_INTERVAL, seconds);
}

/* What the coordinator knows, or NULL. */
static json_t *status(const char *dir)
{
	struct wire_conn c = { .fd = -1 };
	struct wire_msg m;
	json_t *j = NULL;

	if (!ask(&c, dir, VERB_STATUS, 1, &m))
		j = json_loads(m.u.reply.text, 0, NULL);
	if (c.fd >= 0)
		wire_close(&c);
	return j;
}

int request_is_running(const char *dir, char *program, size_t len)
{
	json_t *j = status(dir), *job = json_object_get(j, "job");
	const char *name = json_string_value(json_object_get(job, "program"));
	int there = json_integer_value(json_object_get(job, "connected")) > 0;

	if (there)
		snprintf(program, len, "%s", name ? name : "?");
	json_decref(j);
	return there;
}

enum request_job request_job(const char *dir)
{
	json_t *j = status(dir), *job = json_object_get(j, "job"), *rank;
	enum request_job found = REQUEST_JOB_THERE;
	const char *state;
	size_t i;

	if (!j || json_is_null(job))
		found = REQUEST_JOB_UNKNOWN;
	json_array_foreach(json_object_get(job, "ranks"), i, rank)
	{
		state = json_string_value(json_object_get(rank, "state"));
		if (state && !strcmp(state, "expected"))
			found = REQUEST_JOB_COMING;
	}
	json_decref(j);
	return found;
}
