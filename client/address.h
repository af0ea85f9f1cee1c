/* SPDX-License-Identifier: MIT */
/* address.h - where a coordinator may be reached */
#ifndef MANA_ADDRESS_H
#define MANA_ADDRESS_H

#include <sys/socket.h>
#include "client.h"

#define ADDRESS_NAMED 8 /* at most, of a name */
#define ADDRESS_MAX   (ADDRESS_NAMED + CLIENT_ADDRESSES)

struct address {
	struct sockaddr_storage at;
	socklen_t len;
};

struct addresses {
	struct address v[ADDRESS_MAX];
	unsigned int n;
	unsigned int named; /* that many, the first, are of its host's name */
};

/*
 * What to try, each once: the addresses of its host's name, or the loopback if
 * that has none and the coordinator is on this host; then those that its file
 * names. 0, or what getaddrinfo(3) says of the name if there is nothing to try.
 */
int address_list(const struct client_where *w, struct addresses *out);

#endif
