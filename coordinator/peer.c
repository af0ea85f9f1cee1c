/* SPDX-License-Identifier: MIT */
/* peer.c - connections to ranks and commands
 *
 * Anybody can connect. Connections that have not said HELLO give way to newer
 * ones, so that many that say nothing keep nobody out.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include "../common/monotonic.h"
#include "origin.h"
#include "log.h"
#include "dispatch.h"
#include "job.h"
#include "peer.h"
#include "server.h"

#define ACCEPT_MAX 64  /* at one go: others want to be heard, too */
#define PAUSE_MS   100 /* when there is no descriptor left */

/* The connections that have not said HELLO: how many there are, and which came
 * first. */
struct strangers {
	unsigned int n, n_like; /* like: of this origin */
	struct peer *oldest, *oldest_like;
};

static void count(const struct server *s, uint64_t origin, struct strangers *k)
{
	struct peer *p;

	memset(k, 0, sizeof(*k));
	for (p = s->peers; p; p = p->next) { /* newest first */
		if (p->kind || p->closing)
			continue;
		k->n++;
		k->oldest = p;
		if (p->origin != origin)
			continue;
		k->n_like++;
		k->oldest_like = p;
	}
}

/* Closes a silent connection to make room, unless its HELLO has come and was
 * only not read yet. 1: it will be gone when the main loop has swept. */
static int shed(struct server *s, struct peer *p)
{
	if (!p)
		return 0;
	peer_event(s, p, EPOLLIN);
	if (!p->kind)
		p->closing = 1;
	return p->closing;
}

/* Makes room for one more connection. Ranks of our own user may all come at
 * once, and are not limited by origin. */
static int make_room(struct server *s, uint64_t origin)
{
	struct strangers k;

	count(s, origin, &k);
	if (origin != ORIGIN_OWN && k.n_like >= s->strangers_max / 4)
		return shed(s, k.oldest_like);
	return k.n >= s->strangers_max ? shed(s, k.oldest) : 0;
}

/* Takes a connection. 1: another one had to go for it. */
static int take(struct server *s, int fd)
{
	struct epoll_event ev = { .events = EPOLLIN };
	struct peer *p = calloc(1, sizeof(*p));
	int shedding;

	if (!p) {
		close(fd);
		return 0;
	}
	wire_init(&p->c, fd);
	p->since = monotonic_ms();
	p->origin = origin_of(s->netlink, fd);
	shedding = make_room(s, p->origin);
	ev.data.ptr = p;
	if (epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &ev)) {
		wire_close(&p->c);
		free(p);
		return shedding;
	}
	p->next = s->peers;
	s->peers = p;
	s->strangers++;
	return shedding;
}

static void listen_for(struct server *s, uint32_t events)
{
	struct epoll_event ev = { .events = events, .data.ptr = &s->listener };

	epoll_ctl(s->epoll, EPOLL_CTL_MOD, s->listener, &ev);
}

/*
 * There is no descriptor for a connection that waits in the listener's queue.
 * It stays there, and epoll would report it without end, so we pause. A
 * descriptor kept for this purpose serves to take and close one of them at a
 * time, so that it knows.
 */
static void no_room(struct server *s, int error)
{
	struct strangers k;
	int fd;

	if (!s->full++)
		log_error("cannot take another connection: %s: raise the "
			  "limit of open files (ulimit -n)",
			  strerror(error));
	count(s, ORIGIN_OWN, &k);
	shed(s, k.oldest);
	if (!k.oldest && s->spare >= 0) {
		close(s->spare);
		fd = accept(s->listener, NULL, NULL);
		if (fd >= 0)
			close(fd);
		s->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
	}
	s->listen_again = monotonic_ms() + PAUSE_MS;
	listen_for(s, 0);
}

int64_t peer_listen(struct server *s, int64_t now)
{
	if (!s->listen_again)
		return INT_MAX;
	if (now < s->listen_again)
		return s->listen_again - now;
	s->listen_again = 0;
	listen_for(s, EPOLLIN);
	return INT_MAX;
}

void peer_accept(struct server *s)
{
	int i, fd;

	for (i = 0; i < ACCEPT_MAX; i++) {
		fd = accept4(s->listener, NULL, NULL,
			     SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (fd < 0 && (errno == EMFILE || errno == ENFILE ||
			       errno == ENOMEM || errno == ENOBUFS))
			no_room(s, errno);
		if (fd < 0 || take(s, fd))
			break;
	}
}

static void flush_peer(struct server *s, struct peer *p)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = p };
	int rc = wire_flush(&p->c);

	if (rc < 0)
		p->closing = 1;
	if (rc == p->writing || rc < 0)
		return;
	p->writing = rc;
	if (rc)
		ev.events |= EPOLLOUT;
	if (epoll_ctl(s->epoll, EPOLL_CTL_MOD, p->c.fd, &ev))
		p->closing = 1;
}

void peer_send(struct server *s, struct peer *p, enum wire_type type,
	       const void *msg)
{
	if (p->closing)
		return;
	if (wire_queue(&p->c, type, msg)) {
		log_error("cannot send %s: %s", wire_name(type),
			  "too long or out of memory");
		p->closing = 1;
		return;
	}
	flush_peer(s, p);
}

void peer_reply(struct server *s, struct peer *p, uint32_t code,
		const char *text)
{
	struct wire_reply r = { .code = code, .text = text };

	peer_send(s, p, WIRE_REPLY, &r);
}

/* A program of another version still understands this much. */
static void refuse_version(struct server *s, struct peer *p)
{
	struct wire_refused r = { .code = EPROTONOSUPPORT };

	snprintf(r.text, sizeof(r.text),
		 "another version of the protocol: "
		 "use programs of one version (coordinator: %d)",
		 WIRE_VERSION);
	if (!p->kind)
		peer_send(s, p, WIRE_REFUSED, &r);
}

void peer_event(struct server *s, struct peer *p, uint32_t events)
{
	struct wire_msg m;
	int rc = 0;

	if (events & EPOLLOUT)
		flush_peer(s, p);
	if (!(events & ~(uint32_t)EPOLLOUT))
		return;
	while (!p->closing && !rc) {
		rc = wire_recv(&p->c, &m, 0);
		if (!rc)
			dispatch(s, p, &m);
	}
	if (rc == -EPROTONOSUPPORT)
		refuse_version(s, p);
	if (rc && rc != -ETIMEDOUT)
		p->closing = 1;
}

static void drop(struct server *s, struct peer *p)
{
	if (p->kind == WIRE_RANK)
		job_leave(s, p);
	if (!p->kind)
		s->strangers--;
	wire_close(&p->c);
	free(p);
}

void peer_sweep(struct server *s, int64_t now)
{
	struct peer **at = &s->peers, *p;

	while ((p = *at)) {
		if (!p->kind && now - p->since > SERVER_HELLO_MS)
			p->closing = 1;
		if (!p->closing) {
			at = &p->next;
			continue;
		}
		*at = p->next;
		drop(s, p);
		at = &s->peers; /* dropping may have marked earlier ones */
	}
}
