/* SPDX-License-Identifier: MIT */
/* wire.c - framed messages over a socket
 *
 * Frames lie in the receive buffer 8-byte aligned: header and payload lengths
 * are multiples of 8. The buffer is moved or grown only when more is read, so
 * what a received message points to stays until the next wire_recv.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include "monotonic.h"
#include "wire_codec.h"

#define BUFFER_MIN ((size_t)16 << 10)
#define OUT_MAX	   ((size_t)256 << 20) /* a peer that never reads */

_Static_assert(sizeof(struct wire_header) == 16, "header on the wire");

/*
 * poll() of one descriptor. It takes one for too many where a program may have
 * no open file at all (RLIMIT_NOFILE is 0); select() does not mind.
 */
static int poll_one(int fd, short events, int ms)
{
	struct pollfd p = { .fd = fd, .events = events };
	struct timeval tv = { ms / 1000, ms % 1000 * 1000 };
	size_t words = (size_t)fd / (8 * sizeof(long)) + 1;
	int rc = poll(&p, 1, ms);
	unsigned long *set;

	if (rc >= 0 || errno != EINVAL)
		return rc;
	set = calloc(words, sizeof(*set));
	if (!set)
		return -1;
	set[words - 1] = 1UL << (unsigned)fd % (8 * sizeof(long));
	rc = (int)syscall(SYS_select, fd + 1, events & POLLIN ? set : NULL,
			  events & POLLOUT ? set : NULL, NULL,
			  ms < 0 ? NULL : &tv);
	free(set);
	return rc;
}

/* Wait for events until deadline (ms, -1: for ever). 0, -ETIMEDOUT, or why
 * nothing can be waited for. */
static int wait_fd(int fd, short events, int64_t deadline)
{
	int64_t left = -1;
	int rc;

	do {
		if (deadline >= 0)
			left = deadline - monotonic_ms();
		if (deadline >= 0 && left < 0)
			left = 0;
		rc = poll_one(fd, events, (int)left);
	} while (rc < 0 && errno == EINTR);
	return rc > 0 ? 0 : !rc ? -ETIMEDOUT : -errno;
}

/* Messages leave at once, and a peer whose host or network is gone without a
 * word is missed after 90 s, be it that nothing was to be said or that what was
 * said is not acknowledged: a rank that is stopped for a checkpoint waits for
 * nothing else. (Sockets of other families ignore it.) */
static void set_tcp(int fd)
{
	static const struct {
		int level, name, value;
	} options[] = {
		{ IPPROTO_TCP, TCP_NODELAY, 1 },
		{ SOL_SOCKET, SO_KEEPALIVE, 1 },
		{ IPPROTO_TCP, TCP_KEEPIDLE, 30 },
		{ IPPROTO_TCP, TCP_KEEPINTVL, 10 },
		{ IPPROTO_TCP, TCP_KEEPCNT, 6 },
		{ IPPROTO_TCP, TCP_USER_TIMEOUT, 90000 },
	};
	size_t i;

	for (i = 0; i < sizeof(options) / sizeof(*options); i++)
		setsockopt(fd, options[i].level, options[i].name,
			   &options[i].value, sizeof(int));
}

void wire_init(struct wire_conn *c, int fd)
{
	memset(c, 0, sizeof(*c));
	c->fd = fd;
	set_tcp(fd);
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	fcntl(fd, F_SETFD, FD_CLOEXEC);
}

void wire_close(struct wire_conn *c)
{
	if (c->fd >= 0)
		close(c->fd);
	free(c->in);
	free(c->out);
	memset(c, 0, sizeof(*c));
	c->fd = -1;
}

/* Room for more bytes behind len; drops the first *pos. 0 or -ENOMEM. */
static int reserve(uint8_t **buf, size_t *pos, size_t *len, size_t *cap,
		   size_t more)
{
	size_t want;
	uint8_t *p;

	if (*pos) {
		memmove(*buf, *buf + *pos, *len - *pos);
		*len -= *pos;
		*pos = 0;
	}
	if (*cap - *len >= more)
		return 0;
	want = *cap ? *cap : BUFFER_MIN;
	while (want - *len < more)
		want *= 2;
	p = realloc(*buf, want);
	if (!p)
		return -ENOMEM;
	*buf = p;
	*cap = want;
	return 0;
}

int wire_trust(struct wire_conn *c)
{
	c->trusted = 1;
	return reserve(&c->out, &c->out_pos, &c->out_len, &c->out_cap,
		       BUFFER_MIN);
}

/* A frame's header, and room behind it for its payload, which the caller fills
 * in. NULL: no memory. */
static uint8_t *begin_frame(struct wire_conn *c, uint32_t type, uint32_t len)
{
	struct wire_header h = { WIRE_MAGIC, WIRE_VERSION, (uint16_t)type, len,
				 c->tx_seq };
	uint8_t *p;

	if (c->version)
		h.version = (uint16_t)c->version;
	if (c->out_len - c->out_pos + len > OUT_MAX ||
	    reserve(&c->out, &c->out_pos, &c->out_len, &c->out_cap,
		    sizeof(h) + len))
		return NULL;
	c->tx_seq++;
	p = c->out + c->out_len;
	memcpy(p, &h, sizeof(h));
	c->out_len += sizeof(h) + len;
	return p + sizeof(h);
}

static const struct wire_msg zeros;

int wire_queue(struct wire_conn *c, enum wire_type type, const void *msg)
{
	int64_t len = wire_packed_len(type, msg ? msg : &zeros.u);
	uint8_t *p;

	if (len < 0)
		return (int)len;
	p = begin_frame(c, type, (uint32_t)len);
	if (!p)
		return -ENOMEM;
	wire_pack(type, msg ? msg : &zeros.u, p);
	return 0;
}

int wire_queue_of(struct wire_conn *c, uint32_t channel, enum wire_type type,
		  const void *msg)
{
	int64_t len = wire_packed_len(type, msg ? msg : &zeros.u);
	const uint32_t of[2] = { channel, type };
	uint8_t *p;

	if (len < 0)
		return (int)len;
	p = begin_frame(c, WIRE_OF, (uint32_t)(len + (int64_t)sizeof(of)));
	if (!p)
		return -ENOMEM;
	memcpy(p, of, sizeof(of));
	wire_pack(type, msg ? msg : &zeros.u, p + sizeof(of));
	return 0;
}

int wire_queue_body(struct wire_conn *c, enum wire_type type,
		    const uint8_t *body, uint32_t len)
{
	uint8_t *p = begin_frame(c, type, len);

	if (!p)
		return -ENOMEM;
	memcpy(p, body, len);
	return 0;
}

int wire_flush(struct wire_conn *c)
{
	ssize_t n;

	while (c->out_pos < c->out_len) {
		n = send(c->fd, c->out + c->out_pos, c->out_len - c->out_pos,
			 MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? 1 : -errno;
		c->out_pos += (size_t)n;
	}
	c->out_pos = c->out_len = 0;
	if (!c->trusted) { /* many may come that never say HELLO */
		free(c->out);
		c->out = NULL;
		c->out_cap = 0;
	}
	return 0;
}

int wire_send(struct wire_conn *c, enum wire_type type, const void *msg,
	      int timeout_ms)
{
	int64_t deadline = timeout_ms < 0 ? -1 : monotonic_ms() + timeout_ms;
	int rc = wire_queue(c, type, msg);

	while (!rc) {
		rc = wire_flush(c);
		if (rc <= 0)
			return rc;
		rc = wait_fd(c->fd, POLLOUT, deadline);
	}
	return rc;
}

/* The frame at in_pos: 1 whole, 0 not yet, -errno. */
static int peek(const struct wire_conn *c, struct wire_header *h)
{
	size_t have = c->in_len - c->in_pos;

	if (have < sizeof(*h))
		return 0;
	memcpy(h, c->in + c->in_pos, sizeof(*h));
	if (h->magic != WIRE_MAGIC)
		return -EPROTO;
	if (h->version != WIRE_VERSION)
		return -EPROTONOSUPPORT;
	if (h->len % 8 || h->len > wire_limit(h->type) ||
	    (!c->trusted && h->len > WIRE_LEN_HELLO) || h->seq != c->rx_seq)
		return -EPROTO;
	return have >= sizeof(*h) + h->len;
}

void wire_speak_theirs(struct wire_conn *c)
{
	struct wire_header h;

	if (c->in_len - c->in_pos < sizeof(h))
		return;
	memcpy(&h, c->in + c->in_pos, sizeof(h));
	c->version = h.version;
}

/* Read what there is, at least towards the frame begun. 0 or -errno. */
static int fill(struct wire_conn *c, const struct wire_header *h)
{
	size_t more = BUFFER_MIN;
	ssize_t n;

	if (h->len > BUFFER_MIN)
		more = sizeof(*h) + h->len;
	if (reserve(&c->in, &c->in_pos, &c->in_len, &c->in_cap, more))
		return -ENOMEM;
	do {
		n = recv(c->fd, c->in + c->in_len, c->in_cap - c->in_len, 0);
	} while (n < 0 && errno == EINTR);
	if (n == 0)
		return -ECONNRESET;
	if (n < 0)
		return -errno;
	c->in_len += (size_t)n;
	return 0;
}

/* Takes the whole frame at in_pos. */
static int take(struct wire_conn *c, const struct wire_header *h,
		struct wire_msg *m)
{
	int rc =
		wire_unpack(h->type, c->in + c->in_pos + sizeof(*h), h->len, m);

	m->seq = h->seq;
	m->len = h->len;
	m->body = c->in + c->in_pos + sizeof(*h);
	c->in_pos += sizeof(*h) + h->len;
	c->rx_seq++;
	return rc;
}

int wire_next(struct wire_conn *c, struct wire_msg *m)
{
	struct wire_header h;
	int rc = peek(c, &h);

	return rc > 0 ? take(c, &h, m) : rc < 0 ? rc : -ETIMEDOUT;
}

int wire_recv(struct wire_conn *c, struct wire_msg *m, int timeout_ms)
{
	int64_t deadline =
		timeout_ms <= 0 ? timeout_ms : monotonic_ms() + timeout_ms;
	struct wire_header h = { 0 };
	int rc;

	while (!(rc = peek(c, &h))) {
		rc = fill(c, &h);
		if (rc == -EAGAIN && !timeout_ms)
			return -ETIMEDOUT;
		if (rc == -EAGAIN)
			rc = wait_fd(c->fd, POLLIN, deadline);
		if (rc)
			return rc;
		h.len = 0;
	}
	return rc < 0 ? rc : take(c, &h, m);
}
