/* SPDX-License-Identifier: MIT */
/* client.c - find a coordinator and get on terms with it */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "../common/monotonic.h"
#include "address.h"
#include "client.h"
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

/* Ready or failed within timeout; fd is nonblocking. */
static int finish_connect(int fd, int timeout_ms)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	int rc, failed = 0;
	socklen_t len = sizeof(failed);

	do {
		rc = poll(&p, 1, timeout_ms);
	} while (rc < 0 && errno == EINTR);
	if (rc <= 0)
		return -ETIMEDOUT;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &failed, &len))
		return -errno;
	return -failed;
}

static int connect_one(const struct addrinfo *a, int timeout_ms)
{
	int fd, rc = 0;

	fd = socket(a->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
		    0);
	if (fd < 0)
		return -errno;
	if (connect(fd, a->ai_addr, a->ai_addrlen))
		rc = errno == EINPROGRESS ? finish_connect(fd, timeout_ms) :
					    -errno;
	if (rc) {
		close(fd);
		return rc;
	}
	return fd;
}

/* The coordinator listens on the loopback of its own host only, and that is
 * another host. */
static int elsewhere(const struct client_where *w)
{
	char host[WIRE_NAME] = "";

	gethostname(host, sizeof(host) - 1);
	return w->on[0] && strcmp(w->on, host) && !strncmp(w->host, "127.", 4);
}

char client_process_state(const struct client_where *w)
{
	char host[WIRE_NAME] = "", line[256], *p = NULL;
	FILE *f;

	gethostname(host, sizeof(host) - 1);
	if (w->pid <= 0 || strcmp(w->on, host))
		return 0;
	if (kill(w->pid, 0) && errno == ESRCH)
		return 'X';
	snprintf(line, sizeof(line), "/proc/%d/stat", w->pid);
	f = fopen(line, "re");
	if (f && fgets(line, sizeof(line), f))
		p = strrchr(line, ')');
	if (f)
		fclose(f);
	return p && p[1] == ' ' && p[2] ? p[2] : '?';
}

/* The coordinator's process is gone: whoever has its port now is a stranger. */
static int dead(const struct client_where *w)
{
	char state = client_process_state(w);

	return state == 'X' || state == 'Z';
}

int client_connect(const struct client_where *w, int timeout_ms,
		   struct wire_conn *c, char *err, size_t errlen)
{
	struct addrinfo *list = NULL, *a;
	int rc = -ENOENT, gai;

	c->fd = -1;
	if (elsewhere(w)) {
		snprintf(err, errlen,
			 "coordinator listens on host %s only: "
			 "start mana_coordinator with --listen there",
			 w->on);
		return -EHOSTUNREACH;
	}
	gai = dead(w) ? 0 : address_list(w, &list);
	if (gai) {
		snprintf(err, errlen,
			 "coordinator's host %s: %s: is its name right?",
			 w->host, gai_strerror(gai));
		return -EHOSTUNREACH;
	}
	if (!list)
		rc = -ECONNREFUSED;
	for (a = list; a && rc < 0; a = a->ai_next)
		rc = connect_one(a, timeout_ms);
	if (list)
		freeaddrinfo(list);
	if (rc >= 0) {
		memset(c, 0, sizeof(*c));
		wire_init(c, rc);
		return 0;
	}
	snprintf(err, errlen, "coordinator at %s:%d: %s: is it running?",
		 w->host, w->port, strerror(-rc));
	return rc;
}

/* The -errno, and a sentence, for a REFUSED message. */
static int refused(const struct wire_refused *r, char *err, size_t errlen)
{
	static const int codes[] = { EBUSY, EACCES, EPROTONOSUPPORT, EINVAL };
	size_t i;

	snprintf(err, errlen, "coordinator refused: %s", r->text);
	for (i = 0; i < sizeof(codes) / sizeof(*codes); i++)
		if ((int)r->code == codes[i])
			return -codes[i];
	return -EPROTO;
}

int client_hello(struct wire_conn *c, const struct client_where *w,
		 struct wire_hello *h, struct wire_welcome *welcome,
		 int timeout_ms, char *err, size_t errlen)
{
	struct wire_msg m;
	int rc;

	memcpy(h->secret, w->secret, sizeof(h->secret));
	rc = wire_send(c, WIRE_HELLO, h, timeout_ms);
	memset(h->secret, 0, sizeof(h->secret));
	if (!rc)
		rc = wire_recv(c, &m, timeout_ms);
	if (rc) {
		snprintf(err, errlen,
			 "coordinator at %s:%d: %s: is it the "
			 "right one, and running?",
			 w->host, w->port,
			 rc == -EPROTO ? "it does not speak our protocol" :
					 strerror(-rc));
		return rc;
	}
	if (m.type == WIRE_REFUSED)
		return refused(&m.u.refused, err, errlen);
	if (m.type != WIRE_WELCOME) {
		snprintf(err, errlen, "coordinator at %s:%d: unexpected %s",
			 w->host, w->port, wire_name(m.type));
		return -EPROTO;
	}
	c->trusted = 1;
	if (welcome)
		*welcome = m.u.welcome;
	return 0;
}

/* Finds a coordinator, connects and says HELLO, once. w is zeroed when none was
 * found. */
static int join_once(const struct client_options *o, struct wire_hello *h,
		     struct wire_conn *c, struct client_where *w,
		     struct wire_welcome *welcome, int64_t left, char *err,
		     size_t errlen)
{
	int ms = left < CLIENT_CONNECT_MS ? (int)left : CLIENT_CONNECT_MS;
	int rc;

	memset(w, 0, sizeof(*w));
	rc = client_find(o, w, err, errlen);
	if (rc == -ENOTDIR || rc == -EACCES)
		rc = -ENOENT; /* start_coordinator says what is wrong */
	if (!rc)
		rc = client_connect(w, ms, c, err, errlen);
	if (rc)
		return rc;
	if (client_process_state(w) && !dead(w))
		ms = o->patience_ms ? o->patience_ms : CLIENT_ALIVE_MS;
	rc = client_hello(c, w, h, welcome, ms, err, errlen);
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

/* There is no coordinator, and one is to be started. MANA_COORD names one to
 * use, not one to start. */
static int is_missing(const struct client_options *o, int rc,
		      const struct client_where *w)
{
	return o->start && (rc == -ENOENT || (rc == -ECONNREFUSED && w->pid));
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
