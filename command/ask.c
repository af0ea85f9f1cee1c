/* SPDX-License-Identifier: MIT */
/* ask.c - one request to the coordinator, and what it answers */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "../client/progress.h"
#include "../common/exit_code.h"
#include "../common/monotonic.h"
#include "ask.h"

#define LOOK_US 10000

int ask_join(const struct client_options *o, struct wire_conn *c,
	     struct client_where *w, char *err, size_t errlen)
{
	char why[WIRE_TEXT] = "";
	struct wire_hello h;
	int rc;

	client_hello_init(&h, WIRE_COMMAND);
	rc = client_join(o, &h, c, w, NULL, why, sizeof(why));
	snprintf(err, errlen,
		 rc == -ENOENT ? "no coordinator: %.1000s: is a job running, "
				 "or --ckptdir another?" :
				 "%s",
		 why);
	return rc;
}

static int no_answer(int rc, char *err, size_t errlen)
{
	snprintf(err, errlen, "no answer: %s: ask again%s",
		 rc == -ECONNRESET ? "the coordinator has ended" :
				     strerror(-rc),
		 rc == -ETIMEDOUT ? ", or wait longer with -t" : "");
	return rc;
}

int ask_send(struct wire_conn *c, const struct client_options *where,
	     const struct wire_request *q, int timeout_ms, struct wire_reply *r,
	     char *err, size_t errlen)
{
	struct wire_msg m;
	int rc = wire_send(c, WIRE_REQUEST, q, CLIENT_ALIVE_MS);

	if (!rc)
		rc = where ? progress_receive(c, where, &m, timeout_ms) :
			     wire_recv(c, &m, timeout_ms);
	if (!rc && m.type != WIRE_REPLY)
		rc = -EPROTO;
	if (rc)
		return no_answer(rc, err, errlen);
	*r = m.u.reply;
	return 0;
}

/* It has let go of its directory before it closes its connections; its process
 * can be seen on its own host only. */
static int wait_for_end(struct wire_conn *c, const struct client_where *w,
			int timeout_ms, char *err, size_t errlen)
{
	int64_t end = monotonic_ms() + timeout_ms;
	struct wire_msg m;
	int rc;

	do
		rc = wire_recv(c, &m, timeout_ms);
	while (!rc);
	while (rc == -ECONNRESET && client_process_state(w) &&
	       !strchr("XZ", client_process_state(w))) {
		if (timeout_ms >= 0 && monotonic_ms() >= end)
			rc = -ETIMEDOUT;
		else
			usleep(LOOK_US);
	}
	return rc == -ECONNRESET ? 0 : no_answer(rc, err, errlen);
}

/* The members of the answer; the status is the coordinator's own object. */
static json_t *members(const struct wire_request *q, const char *text)
{
	if (q->verb == VERB_INTERVAL)
		return json_pack("{s:I}", "interval", (json_int_t)q->arg);
	return json_loads(text, 0, NULL);
}

static void done(const struct answer *a, const struct wire_request *q,
		 const char *text)
{
	struct answer plain = *a;

	if (q->verb == VERB_STATUS)
		plain.json = 0;
	answer_done(&plain, plain.json ? members(q, text) : NULL, text);
}

int ask(const struct answer *a, const struct ask *q)
{
	char err[2 * WIRE_TEXT];
	struct client_where w;
	struct wire_conn conn;
	struct wire_reply r;
	int rc = ask_join(&q->where, &conn, &w, err, sizeof(err));

	if (rc)
		return answer_failed(a, EXIT_REFUSED, err, NULL);
	rc = ask_send(&conn, q->request.wait ? &q->where : NULL, &q->request,
		      q->timeout_ms, &r, err, sizeof(err));
	if (!rc && !r.code && q->request.verb == VERB_QUIT && q->request.wait)
		rc = wait_for_end(&conn, &w, q->timeout_ms, err, sizeof(err));
	if (rc)
		rc = answer_failed(a, EXIT_REFUSED, err, NULL);
	else if (r.code)
		rc = answer_failed(a, EXIT_NOT_DONE, r.text, NULL);
	else
		done(a, &q->request,
		     q->request.verb == VERB_QUIT ? "" : r.text);
	wire_close(&conn);
	return rc;
}
