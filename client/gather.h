/* SPDX-License-Identifier: MIT */
/* gather.h - the gatherer of a node: the ranks' way to the coordinator
 *
 * It listens on an abstract UNIX socket, whose name follows from the
 * coordinator's address and the node's name. There is no file: nothing is left
 * behind, who binds the name first is the only one, and the kernel tells each
 * side the other's user.
 */
#ifndef MANA_GATHER_H
#define MANA_GATHER_H

#include <sys/socket.h>
#include <sys/un.h>
#include "client.h"

#define GATHER_MS 5000 /* then a rank connects to the coordinator itself */

/* The address of the gatherer of this node; starting: of the lock that who
 * starts it holds, by being bound to it. Returns its length. */
socklen_t gather_address(const struct client_where *w, int starting,
			 struct sockaddr_un *a);
/*
 * Connects to the node's gatherer, which is started if there is none, and by
 * that to the coordinator, which has to answer within patience. w->gatherer is
 * its process then. -errno and a sentence: there is no such way now.
 */
int gather_connect(const struct client_options *o, struct client_where *w,
		   int patience_ms, struct wire_conn *c, char *err,
		   size_t errlen);
/* 1: this process, of this host, is stopped: it will not answer. */
int gather_stands_still(int pid);
/* The user at the other end of a UNIX socket is this one. *pid: its process. */
int gather_own(int fd, int *pid);

#endif
