/* SPDX-License-Identifier: MIT */
/* address.c - where a coordinator's host is
 *
 * Hosts without a name server, and containers, may not even know their own
 * name. What is on the same host is then found on the loopback: a stranger that
 * listens there instead does not know the secret (connect.c).
 */
#include <stdio.h>
#include "address.h"

#define LOOPBACK "127.0.0.1"

int address_list(const struct client_where *w, struct addrinfo **list)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
				  .ai_flags = AI_NUMERICSERV };
	char port[16];
	int gai;

	*list = NULL;
	snprintf(port, sizeof(port), "%d", w->port);
	gai = getaddrinfo(w->host, port, &hints, list);
	if (gai && client_process_state(w) &&
	    !getaddrinfo(LOOPBACK, port, &hints, list))
		return 0;
	return gai;
}
