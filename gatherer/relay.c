/* SPDX-License-Identifier: MIT */
/* relay.c - a node's ranks behind one connection to their coordinator
 *
 * One thread, one epoll. What has come in one go from many ranks leaves in one
 * go, too.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include "../client/gather.h"
#include "../common/monotonic.h"
#include "relay.h"

#define EVENTS	 64
#define FIRST_MS 30000 /* for the first rank to come */

/* Of one rank. Without a descriptor: it has gone, and its channel is free when
 * the coordinator has said CLOSED. */
struct channel {
	struct wire_conn c;
	uint32_t number;
	int writing; /* epoll also watches for room to write */
};

struct relay {
	int epoll, listener, writing;
	struct wire_conn *up;
	struct channel *v[WIRE_CHANNELS]; /* NULL: free */
	uint32_t used, open;		  /* numbers that ever were; ranks */
	int had, rc;			  /* ranks; why it ends */
};

static void watch(struct relay *r, int op, int fd, void *who, int writing)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = who };

	if (writing)
		ev.events |= EPOLLOUT;
	if (epoll_ctl(r->epoll, op, fd, &ev) && !r->rc)
		r->rc = -errno;
}

static void say(struct relay *r, const struct channel *k, uint32_t type,
		const struct wire_msg *m)
{
	struct wire_of of = { .channel = k->number, .type = type };

	if (m) {
		of.len = m->len;
		of.body = m->body;
	}
	if (!r->rc)
		r->rc = wire_queue(r->up, WIRE_OF, &of);
}

static void say_all(struct relay *r)
{
	int left = wire_flush(r->up);

	if (left < 0 && !r->rc)
		r->rc = left;
	if (left < 0 || left == r->writing)
		return;
	r->writing = left;
	watch(r, EPOLL_CTL_MOD, r->up->fd, NULL, left);
}

/* The rank is gone, or talks nonsense. */
static void hang_up(struct relay *r, struct channel *k)
{
	wire_close(&k->c);
	r->open--;
	say(r, k, WIRE_CLOSED, NULL);
}

static void take_rank(struct relay *r)
{
	struct channel *k;
	uint32_t i = 0;
	int pid, fd = accept(r->listener, NULL, NULL);

	if (fd < 0)
		return;
	while (i < WIRE_CHANNELS && r->v[i])
		i++;
	k = i < WIRE_CHANNELS && gather_own(fd, &pid) ? calloc(1, sizeof(*k)) :
							NULL;
	if (!k) {
		close(fd);
		return;
	}
	wire_init(&k->c, fd);
	k->number = i;
	r->v[i] = k;
	r->used = i < r->used ? r->used : i + 1;
	r->open++;
	r->had = 1;
	watch(r, EPOLL_CTL_ADD, fd, k, 0);
	say(r, k, WIRE_OPENED, NULL);
}

static void flush_rank(struct relay *r, struct channel *k)
{
	int left = wire_flush(&k->c);

	if (left < 0) {
		hang_up(r, k);
	} else if (left != k->writing) {
		k->writing = left;
		watch(r, EPOLL_CTL_MOD, k->c.fd, k, left);
	}
}

/* What is between us and the coordinator is not a rank's to say. */
static int is_ours(uint32_t type)
{
	return type == WIRE_OF || type == WIRE_OPENED || type == WIRE_CLOSED;
}

static void from_rank(struct relay *r, struct channel *k, uint32_t events)
{
	struct wire_msg m;
	int rc;

	if (events & EPOLLOUT && k->c.fd >= 0)
		flush_rank(r, k);
	if (!(events & ~(uint32_t)EPOLLOUT) || k->c.fd < 0)
		return;
	rc = wire_recv(&k->c, &m, 0);
	while (!rc && !is_ours(m.type)) {
		say(r, k, m.type, &m);
		rc = wire_next(&k->c, &m);
	}
	if (rc != -ETIMEDOUT)
		hang_up(r, k);
}

static void to_rank(struct relay *r, struct channel *k,
		    const struct wire_of *of)
{
	if (k->c.fd < 0)
		return;
	if (of->type == WIRE_WELCOME)
		k->c.trusted = 1;
	if (wire_queue_body(&k->c, of->type, of->body, of->len))
		hang_up(r, k);
	else
		flush_rank(r, k);
}

/* The coordinator has no more to say to this rank. */
static void closed(struct relay *r, struct channel *k)
{
	if (k->c.fd >= 0)
		hang_up(r, k);
	r->v[k->number] = NULL;
	free(k);
}

static int from_coordinator(struct relay *r, const struct wire_msg *m)
{
	const struct wire_of *of = &m->u.of;
	uint32_t i;

	if (m->type != WIRE_OF)
		return -EPROTO;
	for (i = 0; of->channel == WIRE_ALL && i < r->used; i++)
		if (r->v[i] && r->v[i]->c.trusted)
			to_rank(r, r->v[i], of);
	if (of->channel == WIRE_ALL)
		return 0;
	if (of->channel >= r->used || !r->v[of->channel])
		return -EPROTO;
	if (of->type == WIRE_CLOSED)
		closed(r, r->v[of->channel]);
	else
		to_rank(r, r->v[of->channel], of);
	return 0;
}

static void hear(struct relay *r, uint32_t events)
{
	struct wire_msg m;
	int rc;

	if (!(events & ~(uint32_t)EPOLLOUT))
		return;
	rc = wire_recv(r->up, &m, 0);
	while (!rc && !(rc = from_coordinator(r, &m)))
		rc = wire_next(r->up, &m);
	if (rc != -ETIMEDOUT)
		r->rc = rc;
}

static void handle(struct relay *r, const struct epoll_event *ev)
{
	if (ev->data.ptr == r)
		take_rank(r);
	else if (ev->data.ptr)
		from_rank(r, ev->data.ptr, ev->events);
}

/* Of the events of one go, the coordinator's come last: it may free channels
 * that others are about. */
static void look(struct relay *r, int ms)
{
	struct epoll_event ev[EVENTS];
	int i, n = epoll_wait(r->epoll, ev, EVENTS, ms);

	for (i = 0; i < n; i++)
		handle(r, &ev[i]);
	for (i = 0; i < n; i++)
		if (!ev[i].data.ptr)
			hear(r, ev[i].events);
	say_all(r);
}

static int is_over(const struct relay *r, int64_t began)
{
	if (r->rc)
		return 1;
	if (!r->had)
		return monotonic_ms() - began > FIRST_MS;
	return !r->open && r->up->out_pos == r->up->out_len;
}

int relay_run(struct wire_conn *up, int listener)
{
	static struct relay r;
	int64_t began = monotonic_ms();

	r.up = up;
	r.listener = listener;
	r.epoll = epoll_create1(EPOLL_CLOEXEC);
	if (r.epoll < 0)
		return -errno;
	watch(&r, EPOLL_CTL_ADD, up->fd, NULL, 0);
	watch(&r, EPOLL_CTL_ADD, listener, &r, 0);
	while (!is_over(&r, began))
		look(&r, 1000);
	return r.rc;
}
