/* SPDX-License-Identifier: MIT */
/* address.h - where a coordinator's host is */
#ifndef MANA_ADDRESS_H
#define MANA_ADDRESS_H

#include <netdb.h>
#include "client.h"

/*
 * The addresses to try, for freeaddrinfo(3): of its host's name, or the
 * loopback if that name has none and the coordinator is on this host. 0, or
 * what getaddrinfo(3) says of the name.
 */
int address_list(const struct client_where *w, struct addrinfo **list);

#endif
