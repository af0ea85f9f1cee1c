/* SPDX-License-Identifier: MIT */
/* listener.c - a socket that listens: for ranks and commands, and for metrics
 */
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include "../client/client.h"
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

static int is_any(const struct sockaddr *a)
{
	if (a->sa_family == AF_INET)
		return ((const struct sockaddr_in *)(const void *)a)
			       ->sin_addr.s_addr == htonl(INADDR_ANY);
	return IN6_IS_ADDR_UNSPECIFIED(
		&((const struct sockaddr_in6 *)(const void *)a)->sin6_addr);
}

/* Another host finds it at the same place. An address of one link would have to
 * be completed by the name of the interface there. */
static int is_known_abroad(const struct sockaddr *a)
{
	const struct sockaddr_in *four = (const void *)a;
	const struct in6_addr *six =
		&((const struct sockaddr_in6 *)(const void *)a)->sin6_addr;

	if (a->sa_family == AF_INET)
		return ntohl(four->sin_addr.s_addr) >> 24 != IN_LOOPBACKNET;
	return a->sa_family == AF_INET6 && !IN6_IS_ADDR_LOOPBACK(six) &&
	       !IN6_IS_ADDR_LINKLOCAL(six);
}

static void add(struct client_where *w, const struct sockaddr *a)
{
	socklen_t len = a->sa_family == AF_INET ? sizeof(struct sockaddr_in) :
						  sizeof(struct sockaddr_in6);

	if (w->n_addresses < CLIENT_ADDRESSES && is_known_abroad(a) &&
	    !getnameinfo(a, len, w->address[w->n_addresses], CLIENT_ADDRESS,
			 NULL, 0, NI_NUMERICHOST))
		w->n_addresses++;
}

void listener_addresses(int fd, struct client_where *w)
{
	struct sockaddr_storage any;
	const struct sockaddr *own = (const void *)&any;
	socklen_t len = sizeof(any), size = sizeof(int);
	struct ifaddrs *list, *i;
	int only_six = 0;

	w->n_addresses = 0;
	if (getsockname(fd, (struct sockaddr *)&any, &len))
		return;
	if (!is_any(own)) {
		add(w, own);
		return;
	}
	getsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only_six, &size);
	if (getifaddrs(&list))
		return;
	for (i = list; i; i = i->ifa_next)
		if (i->ifa_addr && i->ifa_flags & IFF_UP &&
		    (i->ifa_addr->sa_family == own->sa_family ||
		     (own->sa_family == AF_INET6 && !only_six)))
			add(w, i->ifa_addr);
	freeifaddrs(list);
}
