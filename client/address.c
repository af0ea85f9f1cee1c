/* SPDX-License-Identifier: MIT */
/* address.c - where a coordinator's host is
 *
 * Hosts without a name server, and containers, may not even know their own
 * name. What is on the same host is then found on the loopback. Who connects
 * shows its secret, so it must be known beforehand that no stranger listens
 * there: the kernel says which user does.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "address.h"

#define LOOPBACK "127.0.0.1"
#define LISTENS	 0x0a /* TCP_LISTEN, in /proc/net/tcp */

/*
 * Who listens on the port: 1 this user or root alone, 0 nobody, -1 another user
 * too. file: /proc/net/tcp or tcp6.
 */
static int listener(const char *file, int port)
{
	FILE *f = fopen(file, "re");
	unsigned int at, state, uid;
	int found = 0;
	char line[512];

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line,
			   " %*d: %*[0-9A-Fa-f]:%x %*[0-9A-Fa-f]:%*x %x "
			   "%*x:%*x %*x:%*x %*x %u",
			   &at, &state, &uid) != 3 ||
		    state != LISTENS || at != (unsigned int)port)
			continue;
		if (found >= 0)
			found = uid == geteuid() || !uid ? 1 : -1;
	}
	if (f)
		fclose(f);
	return found;
}

static int is_here(const struct client_where *w)
{
	int four, six;

	if (!client_process_state(w))
		return 0;
	four = listener("/proc/net/tcp", w->port);
	six = listener("/proc/net/tcp6", w->port);
	return four >= 0 && six >= 0 && four + six > 0;
}

int address_list(const struct client_where *w, struct addrinfo **list)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
				  .ai_flags = AI_NUMERICSERV };
	char port[16];
	int gai;

	*list = NULL;
	snprintf(port, sizeof(port), "%d", w->port);
	gai = getaddrinfo(w->host, port, &hints, list);
	if (gai && is_here(w) && !getaddrinfo(LOOPBACK, port, &hints, list))
		return 0;
	return gai;
}
