/* SPDX-License-Identifier: MIT */
/* http.h - the coordinator's metrics, for whoever asks by HTTP
 *
 * A few connections at a time, each for a few seconds: whoever is slow, says
 * nothing or comes in numbers gives way to others, and never holds up the job.
 * Nothing but GET and HEAD of /metrics is answered.
 */
#ifndef MANA_HTTP_H
#define MANA_HTTP_H

#include <stddef.h>
#include <stdint.h>

#define HTTP_CLIENTS 16
#define HTTP_REQUEST 2048 /* bytes at most */
#define HTTP_MS	     5000 /* from the connection to the last byte */

struct http_client {
	int fd; /* -1: free */
	int64_t since;
	size_t in_len, out_len, out_pos;
	char *out; /* the answer; NULL: the request is not complete */
	char in[HTTP_REQUEST];
};

struct http {
	int listener; /* -1: none */
	int port;
	int64_t again; /* ms: no connection is taken until then; 0: now */
	char why[256]; /* why there is none, though it was wished for */
	struct http_client clients[HTTP_CLIENTS];
};

struct server;

void http_init(struct http *h);
/* As the options say. 0, or -errno and a sentence. */
int http_open(struct server *s, char *err, size_t errlen);
void http_close(struct server *s);
/* To the log: where it is, or why it is not. */
void http_say(const struct server *s);
/* An event of epoll. 1: it was one of these, 0: it is another's. */
int http_event(struct server *s, void *who, uint32_t events);
/* Closes those whose time is over. */
void http_sweep(struct server *s, int64_t now);
/* ms until that is due, INT_MAX: never. */
int64_t http_due(const struct server *s, int64_t now);

#endif
