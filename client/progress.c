/* SPDX-License-Identifier: MIT */
/* progress.c - how far a job's checkpoint or restart has come
 *
 * On a connection of its own: the other one waits for its answer.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "../common/jfile.h"
#include "../common/monotonic.h"
#include "../common/text.h"
#include "progress.h"

#define PATIENCE_MS 500 /* for each of: connect, HELLO, answer */

void progress_init(struct progress *p, const struct client_options *where)
{
	p->where = where;
	p->conn.fd = -1;
}

void progress_close(struct progress *p)
{
	if (p->conn.fd >= 0)
		wire_close(&p->conn);
	p->conn.fd = -1;
}

static int join(struct progress *p)
{
	struct client_where w;
	struct wire_hello h;
	char err[WIRE_TEXT];
	int rc;

	client_hello_init(&h, WIRE_COMMAND);
	rc = client_find(p->where, &w, err, sizeof(err));
	if (!rc)
		rc = client_connect(&w, PATIENCE_MS, PATIENCE_MS, &p->conn, err,
				    sizeof(err));
	if (rc) {
		p->conn.fd = -1;
		return rc;
	}
	rc = client_hello(&p->conn, &w, &h, NULL, PATIENCE_MS, err,
			  sizeof(err));
	if (rc)
		progress_close(p);
	return rc;
}

/* Strings are cut, and cleaned of what a terminal would obey. */
static void string(const json_t *o, const char *key, char *out, size_t len)
{
	const char *s = json_string_value(json_object_get(o, key));

	text_copy(out, len, s ? s : "");
}

int progress_parse(const json_t *status, struct live_progress *out)
{
	const json_t *job = json_object_get(status, "job");
	const json_t *ckpt = json_object_get(status, "checkpoint");
	const json_t *restart = json_object_get(job, "restart");
	const json_t *at = json_is_object(ckpt) ? ckpt : restart;

	memset(out, 0, sizeof(*out));
	if (!json_is_object(at))
		return 0;
	out->what = at == ckpt ? "checkpoint" : "restart";
	string(at, at == ckpt ? "stage" : "phase", out->phase,
	       sizeof(out->phase));
	string(at, "waits", out->waits, sizeof(out->waits));
	out->ranks = (uint32_t)jfile_number(job, "size");
	out->ready = (uint32_t)jfile_number(at, "ranks_done");
	out->generation = jfile_number(at, "generation");
	out->seconds = json_number_value(
		json_object_get(at, at == ckpt ? "stage_seconds" : "seconds"));
	if (strcmp(out->phase, "write") != 0)
		return 1;
	out->done = jfile_number(at, "done");
	out->total = jfile_number(at, "total");
	return 1;
}

int progress_ask(struct progress *p, int columns, char *text)
{
	struct wire_request q = { .verb = VERB_STATUS, .arg = STATUS_BRIEF };
	struct live_progress now;
	struct wire_msg m;
	json_t *j;
	int rc = p->conn.fd < 0 ? join(p) : 0;

	if (rc)
		return rc;
	rc = wire_send(&p->conn, WIRE_REQUEST, &q, PATIENCE_MS);
	if (!rc)
		rc = wire_recv(&p->conn, &m, PATIENCE_MS);
	if (!rc && (m.type != WIRE_REPLY || m.u.reply.code))
		rc = -EPROTO;
	if (rc) {
		progress_close(p);
		return rc;
	}
	j = json_loads(m.u.reply.text, 0, NULL);
	rc = progress_parse(j, &now);
	json_decref(j);
	if (rc > 0)
		live_format(&now, columns, text);
	return rc;
}

int progress_receive(struct wire_conn *c, const struct client_options *where,
		     struct wire_msg *m, int timeout_ms)
{
	int64_t end = monotonic_ms() + timeout_ms, left;
	char text[LIVE_LINE];
	struct progress p;
	int rc, shown = 0;

	if (!live_is_terminal(2))
		return wire_recv(c, m, timeout_ms);
	progress_init(&p, where);
	for (;;) {
		left = timeout_ms < 0 ? LIVE_MS : end - monotonic_ms();
		left = left < 0 ? 0 : left;
		rc = wire_recv(c, m, left < LIVE_MS ? (int)left : LIVE_MS);
		if (rc != -ETIMEDOUT || left == 0)
			break;
		if (progress_ask(&p, live_columns(2), text) > 0) {
			live_show(2, text);
			shown = 1;
		}
	}
	if (shown)
		live_erase(2);
	progress_close(&p);
	return rc;
}
