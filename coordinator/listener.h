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

#endif
