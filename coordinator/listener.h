/* SPDX-License-Identifier: MIT */
/* listener.h - a socket that listens: for ranks and commands, and for metrics
 */
#ifndef MANA_LISTENER_H
#define MANA_LISTENER_H

#include <netdb.h>

/* A descriptor that does not block, or -errno. */
int listener_open(const struct addrinfo *a, int backlog);
/* Its port; -1: not known. */
int listener_port(int fd);

struct client_where;

/* Fills in the addresses at which other hosts may reach it: of each interface
 * that is up, but for those that mean something on one link only. */
void listener_addresses(int fd, struct client_where *w);

#endif
