/* SPDX-License-Identifier: MIT */
/* client.c - find a coordinator and get on terms with it */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "../common/monotonic.h"
#include "client.h"
#include "gather.h"
#include "rendezvous.h"
#include "start.h"

#define RETRY_MS 100
#define BUSY_MS	 5000 /* how long a killed job may take to go away */

const char *client_ckptdir(const struct client_options *o)
{
	const char *dir = o->ckptdir ? o->ckptdir : getenv("MANA_CKPTDIR");

	return dir && *dir ? dir : "ckpt";
}

const char *client_file(const struct client_options *o, char *buf, size_t len)
{
	const char *file =
		o->port_file ? o->port_file : getenv("MANA_PORT_FILE");

	if (file && *file)
		snprintf(buf, len, "%s", file);
	else
		snprintf(buf, len, "%s/" CLIENT_FILE, client_ckptdir(o));
	return buf;
}

/* $MANA_COORD and $MANA_SECRET. 1: taken, 0: not set, -errno. */
static int from_environment(struct client_where *w, char *err, size_t errlen)
{
	const char *at = getenv("MANA_COORD"), *secret = getenv("MANA_SECRET");
	const char *colon = at ? strrchr(at, ':') : NULL;
	char *end;

	if (!at || !*at)
		return 0;
	memset(w, 0, sizeof(*w));
	if (colon) {
		w->port = (int)strtol(colon + 1, &end, 10);
		if (*end)
			w->port = 0;
	}
	if (w->port < 1 || w->port > 65535 ||
	    (size_t)(colon - at) >= sizeof(w->host)) {
		snprintf(err, errlen,
			 "MANA_COORD=%s: not HOST:PORT: set it "
			 "right, or not at all",
			 at);
		return -EINVAL;
	}
	if (!secret || strlen(secret) >= sizeof(w->secret)) {
		snprintf(err, errlen,
			 "MANA_COORD is set, MANA_SECRET is not "
			 "(or too long): set both or neither");
		return -EINVAL;
	}
	memcpy(w->host, at, (size_t)(colon - at));
	memcpy(w->secret, secret, strlen(secret) + 1);
	return 1;
}

int client_find(const struct client_options *o, struct client_where *w,
		char *err, size_t errlen)
{
	char path[WIRE_PATH + 32];
	int rc = 0;

	if (!o->port_file && !o->ckptdir)
		rc = from_environment(w, err, errlen);
	if (rc)
		return rc < 0 ? rc : 0;
	client_file(o, path, sizeof(path));
	return rendezvous_read(AT_FDCWD, path, path, w, err, errlen);
}

/* By the gatherer of this host, or, where there is none, to the coordinator. */
static int connect_way(const struct client_options *o, struct client_where *w,
		       int timeout_ms, int patience_ms, struct wire_conn *c,
		       char *err, size_t errlen)
{
	c->fd = -1;
	if (o->gather && !client_is_dead(w) &&
	    !gather_connect(o, w, patience_ms, c, w->apart, sizeof(w->apart)))
		return 0;
	return client_connect(w, timeout_ms, patience_ms, c, err, errlen);
}

/* Finds a coordinator, connects and says HELLO, once. w is zeroed when none was
 * found. */
static int join_once(const struct client_options *o, struct wire_hello *h,
		     struct wire_conn *c, struct client_where *w,
		     struct wire_welcome *welcome, int64_t left, char *err,
		     size_t errlen)
{
	int ms = left < CLIENT_CONNECT_MS ? (int)left : CLIENT_CONNECT_MS;
	int patience = ms, rc;

	memset(w, 0, sizeof(*w));
	rc = client_find(o, w, err, errlen);
	if (rc == -ENOTDIR || rc == -EACCES)
		rc = -ENOENT; /* start_coordinator says what is wrong */
	if (rc)
		return rc;
	if (client_process_state(w))
		patience = o->patience_ms ? o->patience_ms : CLIENT_ALIVE_MS;
	rc = connect_way(o, w, ms, patience, c, err, errlen);
	if (rc)
		return rc;
	rc = client_hello(c, w, h, welcome, patience, err, errlen);
	if (rc)
		wire_close(c);
	return rc;
}

/* Does it make sense to try again after that? The coordinator has ended, or has
 * dropped us to make room in a crowd. */
static int may_join_yet(const struct client_options *o, int rc, int64_t spent)
{
	return rc == -ECONNRESET || rc == -EPIPE ||
	       (o->start && rc == -EBUSY && spent < BUSY_MS);
}

/* There is no coordinator, or somebody else has its port by now, and one is to
 * be started. MANA_COORD names one to use, not one to start. */
static int is_missing(const struct client_options *o, int rc,
		      const struct client_where *w)
{
	return o->start && (rc == -ENOENT || (w->pid && (rc == -ECONNREFUSED ||
							 rc == -EKEYREJECTED)));
}

int client_join(const struct client_options *o, struct wire_hello *h,
		struct wire_conn *c, struct client_where *w,
		struct wire_welcome *welcome, char *err, size_t errlen)
{
	int64_t start = monotonic_ms(), spent = 0, limit = CLIENT_JOIN_MS;
	struct client_where mine;
	int rc;

	c->fd = -1;
	if (!w)
		w = &mine;
	if (o->interval)
		h->interval = o->interval;
	for (;;) {
		rc = join_once(o, h, c, w, welcome, limit - spent, err, errlen);
		spent = monotonic_ms() - start;
		if (!rc || spent >= limit)
			return rc;
		if (may_join_yet(o, rc, spent)) {
			usleep(RETRY_MS * 1000);
			continue;
		}
		if (!is_missing(o, rc, w))
			return rc;
		rc = start_coordinator(o, w, CLIENT_ALIVE_MS - spent, err,
				       errlen);
		if (rc)
			return rc;
		spent = monotonic_ms() - start;
		limit = (spent < CLIENT_ALIVE_MS ? spent : CLIENT_ALIVE_MS) +
			CLIENT_JOIN_MS;
		if (spent >= limit)
			return rc;
	}
}

void client_hello_init(struct wire_hello *h, enum wire_kind kind)
{
	memset(h, 0, sizeof(*h));
	h->kind = kind;
	h->size = 1;
	h->pid = (uint32_t)getpid();
	gethostname(h->host, sizeof(h->host) - 1);
	client_job_key(h->job, sizeof(h->job));
	snprintf(h->mpi, sizeof(h->mpi), "none");
}
