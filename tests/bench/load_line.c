/* SPDX-License-Identifier: MIT */
/* load_line.c - connections of pretended ranks, or of gatherers of such */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include "../../common/handshake.h"
#include "../../common/monotonic.h"
#include "../../common/wire_codec.h"
#include "load_rank.h"

#define SPARE		 64    /* descriptors that are not ranks' */
#define RETRY_MS	 100   /* as client_join */
#define RANKS_OF_ADDRESS 20000 /* it has a few more ports than that */
#define RANKS_OF_NODE	 128

void load_die(const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "load: ");
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\n");
	exit(1);
}

void load_raise_limit(uint32_t lines)
{
	rlim_t need = (rlim_t)lines + SPARE;
	struct rlimit l;

	getrlimit(RLIMIT_NOFILE, &l);
	l.rlim_cur = l.rlim_max;
	if (l.rlim_max < need) /* root may */
		l.rlim_cur = l.rlim_max = need;
	if (setrlimit(RLIMIT_NOFILE, &l))
		load_die(
			"%u connections need %llu open files: raise the hard limit "
			"(as root: ulimit -Hn %llu; LimitNOFILE= in a unit of "
			"systemd; at most fs.nr_open), or take fewer ranks",
			lines, (unsigned long long)need,
			(unsigned long long)need);
}

static void watch(struct load *l, struct load_line *k, int op, int writing)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = k };

	if (writing)
		ev.events |= EPOLLOUT;
	k->writing = writing;
	if (epoll_ctl(l->epoll, op, k->c.fd, &ev))
		load_die("epoll: %s", strerror(errno));
}

/* The coordinator has closed the connection before it said WELCOME. */
static void turned_away(struct load *l, struct load_line *k)
{
	if (k->welcome)
		load_die("rank %u: connection lost", k->first);
	wire_close(&k->c);
	k->called = 0;
	k->retry = monotonic_ms() + RETRY_MS;
	l->waiting++;
	l->again++;
}

void load_flush(struct load *l, struct load_line *k)
{
	int rc = wire_flush(&k->c);

	if (rc < 0)
		turned_away(l, k);
	else if (rc != k->writing)
		watch(l, k, EPOLL_CTL_MOD, rc);
}

void load_say(struct load *l, struct load_line *k, uint32_t rank,
	      enum wire_type type, const void *msg)
{
	int rc = l->gathered ?
			 wire_queue_of(&k->c, rank - k->first, type, msg) :
			 wire_queue(&k->c, type, msg);

	if (rc)
		load_die("%s: %s", wire_name(type), strerror(-rc));
	if (!l->gathered)
		load_flush(l, k);
}

/* Whose handshake it is. */
static struct wire_conn *end_of(struct load *l, struct load_line *k,
				uint32_t rank)
{
	return l->gathered ? &k->of[rank - k->first] : &k->c;
}

static void call(struct load *l, struct load_line *k, uint32_t rank)
{
	struct wire_call m;

	if (handshake_call(end_of(l, k, rank), &m))
		load_die("no random numbers");
	load_say(l, k, rank, WIRE_CALL, &m);
}

static void say_hello(struct load *l, struct load_line *k, uint32_t rank)
{
	struct wire_hello *h = &l->hello;

	h->rank = rank;
	snprintf(h->host, sizeof(h->host), "node%u", rank / RANKS_OF_NODE);
	if (handshake_prove(end_of(l, k, rank), l->secret, h))
		load_die("HELLO does not fit");
	load_say(l, k, rank, WIRE_HELLO, h);
}

/* The first word of a connection. */
static void introduce(struct load *l, struct load_line *k)
{
	struct wire_call m;

	k->called = 1;
	if (!l->gathered) {
		call(l, k, k->first);
		return;
	}
	k->of = calloc(k->n, sizeof(*k->of));
	if (!k->of || handshake_call(&k->c, &m) ||
	    wire_queue(&k->c, WIRE_CALL, &m))
		load_die("out of memory");
	load_flush(l, k);
}

static void gatherer_hello(struct load *l, struct load_line *k)
{
	struct wire_hello h = l->hello;

	h.kind = WIRE_GATHERER;
	if (handshake_prove(&k->c, l->secret, &h) ||
	    wire_queue(&k->c, WIRE_HELLO, &h))
		load_die("HELLO does not fit");
}

static void check_greeting(struct load *l, struct wire_conn *c,
			   const struct wire_msg *m)
{
	if (!handshake_is_known(c, l->secret, &m->u.greeting))
		load_die("a false coordinator");
}

/* The ranks of a gatherer, once that is welcome. */
static void open_channels(struct load *l, struct load_line *k)
{
	uint32_t i;

	k->c.trusted = k->welcome = 1;
	for (i = k->first; i < k->first + k->n; i++) {
		load_say(l, k, i, WIRE_OPENED, NULL);
		call(l, k, i);
	}
}

void load_connect(struct load *l, struct load_line *k)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int late = 1;

	if (fd < 0)
		load_die("rank %u: socket: %s", k->first, strerror(errno));
	a.sin_addr.s_addr =
		htonl(INADDR_LOOPBACK + 1 + k->first / RANKS_OF_ADDRESS);
	setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &late,
		   sizeof(late));
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)))
		load_die("rank %u: bind: %s", k->first, strerror(errno));
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	a.sin_port = htons((uint16_t)l->port);
	if (connect(fd, (struct sockaddr *)&a, sizeof(a)) &&
	    errno != EINPROGRESS)
		load_die("rank %u: connect: %s", k->first, strerror(errno));
	k->retry = 0;
	wire_init(&k->c, fd);
	watch(l, k, EPOLL_CTL_ADD, 1);
}

void load_retry(struct load *l, int64_t now)
{
	uint32_t i;

	for (i = 0; l->waiting && i < l->lines; i++) {
		if (!l->v[i].retry || l->v[i].retry > now)
			continue;
		load_connect(l, &l->v[i]);
		l->waiting--;
	}
}

static void answer(struct load *l, struct load_line *k, uint32_t rank,
		   const struct wire_msg *m)
{
	if (m->type != WIRE_GREETING) {
		load_answer(l, k, rank, m);
		return;
	}
	check_greeting(l, end_of(l, k, rank), m);
	say_hello(l, k, rank);
}

/* What has come by a gatherer's connection. */
static void on_frame(struct load *l, struct load_line *k,
		     const struct wire_msg *m)
{
	uint32_t i, from = k->first, n = k->n;
	struct wire_msg of;

	if (m->type == WIRE_GREETING) {
		check_greeting(l, &k->c, m);
		gatherer_hello(l, k);
		return;
	}
	if (m->type == WIRE_WELCOME) {
		open_channels(l, k);
		return;
	}
	if (m->type != WIRE_OF ||
	    wire_unpack(m->u.of.type, m->u.of.body, m->u.of.len, &of))
		load_die("gatherer of rank %u: unexpected %s", k->first,
			 wire_name(m->type));
	if (m->u.of.channel != WIRE_ALL) {
		from += m->u.of.channel;
		n = 1;
	}
	for (i = 0; i < n; i++)
		answer(l, k, from + i, &of);
}

void load_event(struct load *l, struct load_line *k, uint32_t events)
{
	struct wire_msg m;
	int rc = 0;

	if (events & EPOLLOUT && !k->called)
		introduce(l, k);
	else if (events & EPOLLOUT)
		load_flush(l, k);
	if (!(events & ~(uint32_t)EPOLLOUT) || k->c.fd < 0)
		return;
	while (!rc && k->c.fd >= 0) {
		rc = wire_recv(&k->c, &m, 0);
		if (!rc && l->gathered)
			on_frame(l, k, &m);
		else if (!rc)
			answer(l, k, k->first, &m);
	}
	if (l->gathered && k->c.fd >= 0)
		load_flush(l, k);
	if (rc == -ECONNRESET || rc == -EPIPE)
		turned_away(l, k);
	else if (rc && rc != -ETIMEDOUT)
		load_die("rank %u: %s", k->first, strerror(-rc));
}
