/* SPDX-License-Identifier: MIT */
/* address.c - where a coordinator may be reached
 *
 * Hosts without a name server, and containers, may not know each other's names,
 * nor even their own. What is on the same host is then found on the loopback,
 * what is on another by the addresses that the coordinator has written beside
 * its name. Some of these may be a stranger's where we are: it does not know
 * the secret (connect.c).
 */
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include "address.h"

#define LOOPBACK "127.0.0.1"

static void add(struct addresses *out, const struct addrinfo *a)
{
	struct address *to = &out->v[out->n];
	const void *bytes = &to->at;
	unsigned int i;

	if (out->n == ADDRESS_MAX || a->ai_addrlen > sizeof(to->at))
		return;
	memset(to, 0, sizeof(*to));
	memcpy(&to->at, a->ai_addr, a->ai_addrlen);
	to->len = a->ai_addrlen;
	for (i = 0; i < out->n; i++)
		if (out->v[i].len == to->len &&
		    !memcmp(&out->v[i].at, bytes, to->len))
			return;
	out->n++;
}

/* At most max addresses of this name. 0, or what getaddrinfo(3) says. */
static int add_all(struct addresses *out, const char *name, int port, int flags,
		   unsigned int max)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
				  .ai_flags = AI_NUMERICSERV | flags };
	struct addrinfo *list = NULL, *a;
	char service[16];
	int gai;

	snprintf(service, sizeof(service), "%d", port);
	gai = getaddrinfo(name, service, &hints, &list);
	if (gai)
		return gai;
	for (a = list; a && max; a = a->ai_next, max--)
		add(out, a);
	freeaddrinfo(list);
	return 0;
}

int address_list(const struct client_where *w, struct addresses *out)
{
	unsigned int i;
	int gai;

	out->n = 0;
	gai = add_all(out, w->host, w->port, 0, ADDRESS_NAMED);
	if (gai && client_process_state(w))
		add_all(out, LOOPBACK, w->port, AI_NUMERICHOST, 1);
	out->named = out->n;
	for (i = 0; i < w->n_addresses; i++)
		add_all(out, w->address[i], w->port, AI_NUMERICHOST, 1);
	return out->n ? 0 : gai;
}
