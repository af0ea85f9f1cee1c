/* SPDX-License-Identifier: MIT */
/* origin.h - who is at the other end of a connection that says nothing
 *
 * Before HELLO nobody has shown the secret. So that one user or host cannot
 * take the room of all others, strangers are told apart by what the kernel
 * knows of them: on the loopback the user, else the address.
 */
#ifndef MANA_ORIGIN_H
#define MANA_ORIGIN_H

#include <stdint.h>

/* The same number for all connections of one origin; ORIGIN_OWN: our own user
 * or root, over the loopback. netlink: of origin_open, or -1. */
#define ORIGIN_OWN 0
uint64_t origin_of(int netlink, int fd);
int origin_open(void); /* -1: users cannot be told apart here */

#endif
