/* SPDX-License-Identifier: MIT */
/* peer.c - connections to ranks and commands */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include "server.h"

void peer_accept(struct server *s)
{
	int fd = accept(s->listener, NULL, NULL);
	struct epoll_event ev = { .events = EPOLLIN };
	struct peer *p;

	if (fd < 0)
		return;
	p = s->strangers < SERVER_STRANGERS ? calloc(1, sizeof(*p)) : NULL;
	if (!p) {
		close(fd);
		return;
	}
	wire_init(&p->c, fd);
	p->since = server_now();
	ev.data.ptr = p;
	if (epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &ev)) {
		wire_close(&p->c);
		free(p);
		return;
	}
	p->next = s->peers;
	s->peers = p;
	s->strangers++;
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

	snprintf(r.text, sizeof(r.text), "another version of the protocol: "
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
