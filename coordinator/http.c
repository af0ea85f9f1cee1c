/* SPDX-License-Identifier: MIT */
/* http.c - the coordinator's metrics, for whoever asks by HTTP */
#include <errno.h>
#include <limits.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include "../common/monotonic.h"
#include "http.h"
#include "listener.h"
#include "log.h"
#include "metrics.h"
#include "server.h"

#define PAUSE_MS 1000 /* when there is no descriptor left */

void http_init(struct http *h)
{
	size_t i;

	memset(h, 0, sizeof(*h));
	h->listener = -1;
	for (i = 0; i < HTTP_CLIENTS; i++)
		h->clients[i].fd = -1;
}

static int watch(struct server *s, int op, int fd, uint32_t events, void *who)
{
	struct epoll_event ev = { .events = events, .data.ptr = who };

	return epoll_ctl(s->epoll, op, fd, &ev) ? -errno : 0;
}

static int open_listener(struct server *s, const char *addr, char *err,
			 size_t errlen)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
				  .ai_flags = AI_PASSIVE | AI_NUMERICSERV |
					      AI_NUMERICHOST };
	struct addrinfo *list = NULL;
	char port[16];
	int fd, gai;

	snprintf(port, sizeof(port), "%d", s->o.metrics_port);
	gai = getaddrinfo(addr, port, &hints, &list);
	fd = gai ? -EADDRNOTAVAIL : listener_open(list, HTTP_CLIENTS);
	if (list)
		freeaddrinfo(list);
	if (fd < 0)
		snprintf(err, errlen,
			 "metrics: cannot listen on %.64s:%s: %s: choose "
			 "another --metrics-port or --metrics-listen",
			 addr, port, gai ? gai_strerror(gai) : strerror(-fd));
	return fd;
}

int http_open(struct server *s, char *err, size_t errlen)
{
	struct http *h = &s->http;
	const char *addr = s->o.metrics_listen;
	int rc;

	if (!s->o.metrics)
		return 0;
	if (s->o.metrics_port < 0) {
		snprintf(h->why, sizeof(h->why),
			 "MANA_METRICS_PORT: not in 0..65535: no metrics");
		return 0;
	}
	rc = open_listener(s, addr && *addr ? addr : "127.0.0.1", err, errlen);
	if (rc >= 0) {
		h->listener = rc;
		h->port = listener_port(rc);
		return watch(s, EPOLL_CTL_ADD, rc, EPOLLIN, h);
	}
	if (s->o.metrics == METRICS_MUST)
		return rc;
	/* Of a job with a wish in its environment: that is no reason not to
	 * run. */
	snprintf(h->why, sizeof(h->why), "%s", err);
	err[0] = 0;
	return 0;
}

void http_say(const struct server *s)
{
	if (s->http.why[0])
		log_error("%s", s->http.why);
	else if (s->http.listener >= 0)
		log_info("metrics on port %d", s->http.port);
}

/* epoll forgets what is closed. */
static void drop(struct http_client *c)
{
	if (c->fd >= 0)
		close(c->fd);
	free(c->out);
	c->out = NULL;
	c->fd = -1;
}

void http_close(struct server *s)
{
	size_t i;

	for (i = 0; i < HTTP_CLIENTS; i++)
		drop(&s->http.clients[i]);
	if (s->http.listener >= 0)
		close(s->http.listener);
	s->http.listener = -1;
}

/* A free place, or that of whoever has been here for longest. */
static struct http_client *place(struct http *h)
{
	struct http_client *best = h->clients, *c;

	for (c = h->clients; c < h->clients + HTTP_CLIENTS; c++) {
		if (c->fd < 0)
			return c;
		if (c->since < best->since)
			best = c;
	}
	drop(best);
	return best;
}

/* As many as there are places: then others of the loop have their turn. */
static void take_clients(struct server *s)
{
	struct http *h = &s->http;
	struct http_client *c;
	int i, fd;

	for (i = 0; i < HTTP_CLIENTS; i++) {
		fd = accept4(h->listener, NULL, NULL,
			     SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (fd < 0 && (errno == EMFILE || errno == ENFILE ||
			       errno == ENOMEM || errno == ENOBUFS)) {
			h->again = monotonic_ms() + PAUSE_MS;
			watch(s, EPOLL_CTL_MOD, h->listener, 0, h);
		}
		if (fd < 0)
			return;
		c = place(h);
		c->fd = fd;
		c->since = monotonic_ms();
		c->in_len = c->out_len = c->out_pos = 0;
		if (watch(s, EPOLL_CTL_ADD, fd, EPOLLIN, c))
			drop(c);
	}
}

/* The status line of the answer to a request that is complete: a string with
 * its end. */
static const char *judge(const char *in, int *head)
{
	size_t method = strcspn(in, " \r\n");
	const char *target = in + method + (in[method] == ' ');
	size_t len = strcspn(target, " ?\r\n");
	const char *version = target + strcspn(target, " \r\n");

	*head = method == 4 && !memcmp(in, "HEAD", 4);
	if (strncmp(version, " HTTP/1.", 8) != 0)
		return "400 Bad Request";
	if (!*head && (method != 3 || memcmp(in, "GET", 3)))
		return "405 Method Not Allowed";
	if (len != 8 || memcmp(target, "/metrics", 8))
		return "404 Not Found";
	return "200 OK";
}

/* Fills in the answer. 0 or -ENOMEM. */
static int answer(struct server *s, struct http_client *c, const char *status,
		  int head)
{
	int good = !strncmp(status, "200", 3);
	char *text = good ? metrics_text(s) : strdup(status);
	FILE *f = text ? open_memstream(&c->out, &c->out_len) : NULL;

	if (!f) {
		free(text);
		return -ENOMEM;
	}
	fprintf(f,
		"HTTP/1.1 %s\r\n"
		"Content-Type: text/plain%s; charset=utf-8\r\n"
		"Content-Length: %zu\r\n%s"
		"Connection: close\r\n\r\n",
		status, good ? "; version=0.0.4" : "", strlen(text) + !good,
		strncmp(status, "405", 3) ? "" : "Allow: GET, HEAD\r\n");
	if (!head)
		fprintf(f, "%s%s", text, good ? "" : "\n");
	free(text);
	return fclose(f) ? -ENOMEM : 0;
}

static void send_answer(struct server *s, struct http_client *c)
{
	ssize_t n;

	while (c->out_pos < c->out_len) {
		n = send(c->fd, c->out + c->out_pos, c->out_len - c->out_pos,
			 MSG_NOSIGNAL);
		if (n < 0 && errno == EAGAIN &&
		    !watch(s, EPOLL_CTL_MOD, c->fd, EPOLLOUT, c))
			return;
		if (n <= 0)
			break;
		c->out_pos += (size_t)n;
	}
	drop(c);
}

/* A NUL in it ends it: it is then not complete, ever. */
static int is_complete(const char *in)
{
	return strstr(in, "\r\n\r\n") || strstr(in, "\n\n");
}

static void receive(struct server *s, struct http_client *c)
{
	size_t room = sizeof(c->in) - 1 - c->in_len;
	ssize_t n = recv(c->fd, c->in + c->in_len, room, 0);
	const char *status = "431 Request Header Fields Too Large";
	int head = 0;

	if (n <= 0) {
		if (n == 0 || errno != EAGAIN)
			drop(c);
		return;
	}
	c->in_len += (size_t)n;
	c->in[c->in_len] = 0;
	if (is_complete(c->in))
		status = judge(c->in, &head);
	else if (c->in_len < sizeof(c->in) - 1)
		return;
	if (answer(s, c, status, head))
		drop(c);
	else
		send_answer(s, c);
}

int http_event(struct server *s, void *who, uint32_t events)
{
	struct http *h = &s->http;
	struct http_client *c;

	if (who == h) {
		take_clients(s);
		return 1;
	}
	for (c = h->clients; c < h->clients + HTTP_CLIENTS; c++)
		if (who == c)
			break;
	if (c == h->clients + HTTP_CLIENTS)
		return 0;
	if (c->fd < 0) /* closed by an event before this one */
		return 1;
	if (c->out)
		send_answer(s, c);
	else if (events)
		receive(s, c);
	return 1;
}

void http_sweep(struct server *s, int64_t now)
{
	struct http *h = &s->http;
	struct http_client *c;

	if (h->listener < 0)
		return;
	for (c = h->clients; c < h->clients + HTTP_CLIENTS; c++)
		if (c->fd >= 0 && now - c->since >= HTTP_MS)
			drop(c);
	if (h->again && now >= h->again) {
		h->again = 0;
		watch(s, EPOLL_CTL_MOD, h->listener, EPOLLIN, h);
	}
}

int64_t http_due(const struct server *s, int64_t now)
{
	const struct http *h = &s->http;
	const struct http_client *c;
	int64_t left = INT_MAX;

	if (h->listener < 0)
		return left;
	for (c = h->clients; c < h->clients + HTTP_CLIENTS; c++)
		if (c->fd >= 0 && c->since + HTTP_MS - now < left)
			left = c->since + HTTP_MS - now;
	if (h->again && h->again - now < left)
		left = h->again - now;
	return left < 0 ? 0 : left;
}
