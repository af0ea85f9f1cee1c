/* SPDX-License-Identifier: MIT */
/* connect.c - the way to a coordinator, and whether it is the right one
 *
 * Whoever has a coordinator's port, or its address, may be a stranger: nothing
 * is said to it, and nothing of it believed, before it has proven that it knows
 * the secret (common/handshake.h).
 */
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "../common/handshake.h"
#include "../common/monotonic.h"
#include "../common/proc_stat.h"
#include "address.h"
#include "client.h"

#define OTHER_MS 1000 /* to connect to an address that is not of its name */

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

static int connect_one(const struct address *a, int timeout_ms)
{
	const struct sockaddr *at = (const void *)&a->at;
	int fd, rc = 0;

	fd = socket(at->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
		    0);
	if (fd < 0)
		return -errno;
	if (connect(fd, at, a->len))
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
	char host[WIRE_NAME] = "";
	struct proc_stat p;

	gethostname(host, sizeof(host) - 1);
	if (w->pid <= 0 || strcmp(w->on, host))
		return 0;
	if (kill(w->pid, 0) && errno == ESRCH)
		return 'X';
	return proc_stat_read(w->pid, &p) ? '?' : p.state;
}

int client_is_dead(const struct client_where *w)
{
	char state = client_process_state(w);

	return state == 'X' || state == 'Z';
}

/* What -errno of a connection means to who wanted one. */
static void say_why(const struct client_where *w, int rc, char *err,
		    size_t errlen)
{
	const char *why = strerror(-rc), *todo = "is it running?";

	if (rc == -EKEYREJECTED) {
		why = "wrong secret: another program has its port, or the "
		      "secret is not its";
		todo = "use the one in the coordinator's file, or $MANA_SECRET";
	} else if (rc == -EPROTONOSUPPORT) {
		why = "it speaks another version of the protocol";
		todo = "use programs of one version";
	} else if (rc == -EPROTO) {
		why = "it does not speak our protocol";
		todo = "is it the right one?";
	}
	snprintf(err, errlen, "coordinator at %s:%d: %s: %s", w->host, w->port,
		 why, todo);
}

int client_greet(struct wire_conn *c, const struct client_where *w, int ms)
{
	struct wire_call call;
	struct wire_msg m;
	int rc = handshake_call(c, &call);

	if (!rc)
		rc = wire_send(c, WIRE_CALL, &call, ms);
	if (!rc)
		rc = wire_recv(c, &m, ms);
	if (rc)
		return rc;
	if (m.type != WIRE_GREETING)
		return m.type == WIRE_REFUSED ? -EPROTONOSUPPORT : -EPROTO;
	return handshake_is_known(c, w->secret, &m.u.greeting) ? 0 :
								 -EKEYREJECTED;
}

/* 0: c is open, and leads to our coordinator. */
static int try_one(const struct client_where *w, const struct address *a,
		   int timeout_ms, int patience_ms, struct wire_conn *c)
{
	int rc = connect_one(a, timeout_ms);

	if (rc < 0)
		return rc;
	wire_init(c, rc);
	rc = client_greet(c, w, patience_ms);
	if (rc)
		wire_close(c);
	return rc;
}

/*
 * The first address that leads to our coordinator. Those that are not of its
 * name are tried for one more timeout in all. When all fail, what is wrong with
 * the first one is the answer: the others may be of networks that are not ours.
 */
static int try_all(const struct client_where *w, const struct addresses *a,
		   int timeout_ms, int patience_ms, struct wire_conn *c)
{
	int64_t end = 0, left;
	int rc = -ECONNREFUSED, first = 0, ms = timeout_ms;
	unsigned int i;

	for (i = 0; i < a->n; i++) {
		if (i == a->named)
			end = monotonic_ms() + timeout_ms;
		left = i < a->named ? patience_ms : end - monotonic_ms();
		if (left <= 0)
			break;
		if (i >= a->named)
			ms = left < OTHER_MS ? (int)left : OTHER_MS;
		rc = try_one(w, &a->v[i], ms, (int)left, c);
		if (!rc)
			return 0;
		if (!i)
			first = rc;
	}
	return first ? first : rc;
}

int client_connect(const struct client_where *w, int timeout_ms,
		   int patience_ms, struct wire_conn *c, char *err,
		   size_t errlen)
{
	struct addresses a = { .n = 0 };
	int rc, gai;

	c->fd = -1;
	if (elsewhere(w)) {
		snprintf(err, errlen,
			 "coordinator listens on host %s only: "
			 "start mana_coordinator with --listen there",
			 w->on);
		return -EHOSTUNREACH;
	}
	gai = client_is_dead(w) ? 0 : address_list(w, &a);
	if (gai) {
		snprintf(err, errlen,
			 "coordinator's host %s: %s: is its name right?",
			 w->host, gai_strerror(gai));
		return -EHOSTUNREACH;
	}
	rc = try_all(w, &a, timeout_ms, patience_ms, c);
	if (rc)
		say_why(w, rc, err, errlen);
	return rc;
}

/* The -errno, and a sentence, for a REFUSED message. */
static int refused(const struct wire_refused *r, char *err, size_t errlen)
{
	static const int codes[] = { EBUSY, EPROTONOSUPPORT, EINVAL };
	size_t i;

	snprintf(err, errlen, "coordinator refused: %s", r->text);
	for (i = 0; i < sizeof(codes) / sizeof(*codes); i++)
		if ((int)r->code == codes[i])
			return -codes[i];
	return r->code == EACCES ? -EKEYREJECTED : -EPROTO;
}

int client_hello(struct wire_conn *c, const struct client_where *w,
		 struct wire_hello *h, struct wire_welcome *welcome,
		 int timeout_ms, char *err, size_t errlen)
{
	struct wire_msg m;
	int rc = handshake_prove(c, w->secret, h);

	if (!rc)
		rc = wire_send(c, WIRE_HELLO, h, timeout_ms);
	if (!rc)
		rc = wire_recv(c, &m, timeout_ms);
	if (rc) {
		say_why(w, rc, err, errlen);
		return rc;
	}
	if (m.type == WIRE_REFUSED)
		return refused(&m.u.refused, err, errlen);
	if (m.type != WIRE_WELCOME) {
		snprintf(err, errlen, "coordinator at %s:%d: unexpected %s",
			 w->host, w->port, wire_name(m.type));
		return -EPROTO;
	}
	if (welcome)
		*welcome = m.u.welcome;
	rc = wire_trust(c);
	if (rc)
		say_why(w, rc, err, errlen);
	return rc;
}
