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
#include "carrier.h"
#include "log.h"
#include "dispatch.h"
#include "job.h"
#include "peer.h"
#include "server.h"

#define ACCEPT_MAX 64  /* at one go: others want to be heard, too */
#define PAUSE_MS   100 /* when there is no descriptor left */
#define GRACE_MS   500 /* for our own ranks to say HELLO, in a crowd */

void peer_init(struct server *s)
{
	TAILQ_INIT(&s->peers);
	TAILQ_INIT(&s->silent);
	TAILQ_INIT(&s->unsent);
	STAILQ_INIT(&s->closing);
}

void peer_close(struct server *s, struct peer *p)
{
	if (p->closing)
		return;
	p->closing = 1;
	if (p->channels)
		carrier_close(s, p); /* they are dropped before it */
	STAILQ_INSERT_TAIL(&s->closing, p, doomed);
	if (p->kind || p->carrier)
		return;
	TAILQ_REMOVE(&s->silent, p, link);
	s->strangers--;
}

void peer_known(struct server *s, struct peer *p, uint32_t kind)
{
	p->kind = kind;
	p->c.trusted = 1;
	if (p->carrier)
		return;
	TAILQ_REMOVE(&s->silent, p, link);
	s->strangers--;
	TAILQ_INSERT_TAIL(&s->peers, p, link);
}

/* How many silent connections are of this origin; *oldest: which came first. */
static unsigned int count(const struct server *s, uint64_t origin,
			  struct peer **oldest)
{
	unsigned int n = 0;
	struct peer *p;

	for (p = TAILQ_FIRST(&s->silent); p; p = TAILQ_NEXT(p, link))
		if (p->origin == origin && !n++)
			*oldest = p;
	return n;
}

/* Closes a silent connection to make room, unless its HELLO has come and was
 * only not read yet. 1: it will be gone when the main loop has swept. */
static int shed(struct server *s, struct peer *p)
{
	if (!p)
		return 0;
	peer_event(s, p, EPOLLIN);
	if (!p->kind)
		peer_close(s, p);
	return p->closing;
}

/* Makes room for one more connection. Ranks of our own user may all come at
 * once, and are not limited by origin. */
static int make_room(struct server *s, uint64_t origin)
{
	struct peer *oldest = NULL;

	if (origin != ORIGIN_OWN &&
	    count(s, origin, &oldest) >= s->strangers_max / 4)
		return shed(s, oldest);
	return s->strangers >= s->strangers_max ?
		       shed(s, TAILQ_FIRST(&s->silent)) :
		       0;
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
	TAILQ_INSERT_TAIL(&s->silent, p, link);
	s->strangers++;
	return shedding;
}

static void listen_for(struct server *s, uint32_t events)
{
	struct epoll_event ev = { .events = events, .data.ptr = &s->listener };

	epoll_ctl(s->epoll, EPOLL_CTL_MOD, s->listener, &ev);
}

static void hold(struct server *s, int ms)
{
	s->listen_again = monotonic_ms() + ms;
	listen_for(s, 0);
}

/*
 * There is no descriptor for a connection that waits in the listener's queue.
 * It stays there, and epoll would report it without end, so we pause. A
 * descriptor kept for this purpose serves to take and close one of them at a
 * time, so that it knows.
 */
static void no_room(struct server *s, int error)
{
	int fd;

	if (!s->full++)
		log_error("cannot take another connection: %s: raise the "
			  "limit of open files (ulimit -n)",
			  strerror(error));
	if (s->strangers) {
		shed(s, TAILQ_FIRST(&s->silent));
	} else if (s->spare >= 0) {
		close(s->spare);
		fd = accept(s->listener, NULL, NULL);
		if (fd >= 0)
			close(fd);
		s->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
	}
	hold(s, PAUSE_MS);
}

/*
 * All ranks of a job come at once, faster than each can say HELLO. While these
 * have not had the time, the next ones stay in the listener's queue: if they
 * took the place of those, these would come again, and so on.
 */
static int crowded(struct server *s)
{
	const struct peer *oldest = TAILQ_FIRST(&s->silent);

	if (s->strangers < s->strangers_max || oldest->origin != ORIGIN_OWN ||
	    monotonic_ms() - oldest->since >= GRACE_MS)
		return 0;
	s->patient = 1;
	hold(s, GRACE_MS);
	return 1;
}

int64_t peer_listen(struct server *s, int64_t now)
{
	if (!s->listen_again)
		return INT_MAX;
	if (now < s->listen_again &&
	    !(s->patient && s->strangers <= s->strangers_max / 2))
		return s->listen_again - now;
	s->listen_again = 0;
	s->patient = 0;
	listen_for(s, EPOLLIN);
	return INT_MAX;
}

void peer_accept(struct server *s)
{
	int i, fd;

	for (i = 0; i < ACCEPT_MAX && !crowded(s); i++) {
		fd = accept4(s->listener, NULL, NULL,
			     SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (fd < 0 && (errno == EMFILE || errno == ENFILE ||
			       errno == ENOMEM || errno == ENOBUFS))
			no_room(s, errno);
		if (fd < 0 || take(s, fd))
			break;
	}
}

void peer_flush(struct server *s, struct peer *p)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = p };
	int rc = wire_flush(&p->c);

	if (rc < 0)
		peer_close(s, p);
	if (rc == p->writing || rc < 0)
		return;
	p->writing = rc;
	if (rc)
		ev.events |= EPOLLOUT;
	if (epoll_ctl(s->epoll, EPOLL_CTL_MOD, p->c.fd, &ev))
		peer_close(s, p);
}

void peer_queue(struct server *s, struct peer *p, enum wire_type type,
		const void *msg)
{
	if (p->closing || !(p->carrier ? carrier_queue(s, p, type, msg) :
					 wire_queue(&p->c, type, msg)))
		return;
	log_error("cannot send %s: %s", wire_name(type),
		  "too long or out of memory");
	peer_close(s, p);
}

void peer_send(struct server *s, struct peer *p, enum wire_type type,
	       const void *msg)
{
	peer_queue(s, p, type, msg);
	if (!p->closing && !p->carrier)
		peer_flush(s, p);
}

void peer_send_all(struct server *s, enum wire_type type, const void *msg)
{
	struct peer *p;

	for (p = TAILQ_FIRST(&s->peers); p; p = TAILQ_NEXT(p, link)) {
		if (p->kind == WIRE_RANK)
			peer_send(s, p, type, msg);
		else if (p->kind == WIRE_GATHERER && !p->closing &&
			 carrier_queue_all(s, p, type, msg))
			peer_close(s, p);
	}
}

void peer_reply(struct server *s, struct peer *p, uint32_t code,
		const char *text)
{
	struct wire_reply r = { .code = code, .text = text };

	peer_send(s, p, WIRE_REPLY, &r);
}

/* A program of another version understands this much, if it is said in that. */
static void refuse_version(struct server *s, struct peer *p)
{
	struct wire_refused r = { .code = EPROTONOSUPPORT };

	snprintf(r.text, sizeof(r.text),
		 "another version of the protocol: "
		 "use programs of one version (coordinator: %d)",
		 WIRE_VERSION);
	wire_speak_theirs(&p->c);
	if (!p->kind)
		peer_send(s, p, WIRE_REFUSED, &r);
}

void peer_event(struct server *s, struct peer *p, uint32_t events)
{
	struct wire_msg m;
	int rc = 0;

	if (events & EPOLLOUT)
		peer_flush(s, p);
	if (!(events & ~(uint32_t)EPOLLOUT))
		return;
	if (!p->closing)
		rc = wire_recv(&p->c, &m, 0);
	while (!p->closing && !rc) {
		dispatch(s, p, &m);
		rc = wire_next(&p->c, &m);
	}
	if (rc == -EPROTONOSUPPORT)
		refuse_version(s, p);
	if (rc && rc != -ETIMEDOUT)
		peer_close(s, p);
}

static void release(struct peer *p)
{
	carrier_free(p);
	wire_close(&p->c);
	free(p);
}

static void drop(struct server *s, struct peer *p)
{
	if (p->kind && !p->carrier)
		TAILQ_REMOVE(&s->peers, p, link);
	if (p->kind == WIRE_RANK)
		job_leave(s, p);
	if (p->carrier)
		carrier_leave(s, p);
	release(p);
}

void peer_sweep(struct server *s, int64_t now)
{
	struct peer *p;

	while ((p = TAILQ_FIRST(&s->silent)) &&
	       now - p->since > SERVER_HELLO_MS)
		peer_close(s, p);
	while ((p = STAILQ_FIRST(&s->closing))) { /* dropping may add some */
		STAILQ_REMOVE_HEAD(&s->closing, doomed);
		drop(s, p);
	}
}

void peer_fini(struct server *s)
{
	struct peer *p;

	while ((p = TAILQ_FIRST(&s->silent)))
		peer_close(s, p);
	while ((p = TAILQ_FIRST(&s->peers))) {
		TAILQ_REMOVE(&s->peers, p, link);
		peer_close(s, p);
	}
	while ((p = STAILQ_FIRST(&s->closing))) {
		STAILQ_REMOVE_HEAD(&s->closing, doomed);
		release(p);
	}
}
