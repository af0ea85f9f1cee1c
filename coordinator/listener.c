/* SPDX-License-Identifier: MIT */
/* listener.c - a socket that listens: for ranks and commands, and for metrics
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include "listener.h"

int listener_open(const struct addrinfo *a, int backlog)
{
	int fd, on = 1, rc;

	fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
		    0);
	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, a->ai_addr, a->ai_addrlen) || listen(fd, backlog)) {
		rc = -errno;
		close(fd);
		return rc;
	}
	return fd;
}

int listener_port(int fd)
{
	struct sockaddr_storage a;
	socklen_t len = sizeof(a);
	char port[16];

	if (getsockname(fd, (struct sockaddr *)&a, &len) ||
	    getnameinfo((struct sockaddr *)&a, len, NULL, 0, port, sizeof(port),
			NI_NUMERICSERV))
		return -1;
	return (int)strtol(port, NULL, 10);
}
