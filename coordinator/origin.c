/* SPDX-License-Identifier: MIT */
/* origin.c - who is at the other end of a connection that says nothing
 *
 * sock_diag(7) tells who owns a TCP socket: here the peer's, whose local
 * address is our remote one.
 */
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "origin.h"

#define OF_USER	   (1ULL << 32)
#define OF_ADDRESS (1ULL << 63)

int origin_open(void)
{
	return socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
}

static int ask(int netlink, const struct sockaddr_in *local,
	       const struct sockaddr_in *remote)
{
	struct {
		struct nlmsghdr head;
		struct inet_diag_req_v2 body;
	} q = { .head = { .nlmsg_len = sizeof(q),
			  .nlmsg_type = SOCK_DIAG_BY_FAMILY,
			  .nlmsg_flags = NLM_F_REQUEST } };
	struct inet_diag_sockid *id = &q.body.id;

	q.body.sdiag_family = AF_INET;
	q.body.sdiag_protocol = IPPROTO_TCP;
	q.body.idiag_states = ~0U;
	id->idiag_sport = remote->sin_port;
	id->idiag_dport = local->sin_port;
	id->idiag_src[0] = remote->sin_addr.s_addr;
	id->idiag_dst[0] = local->sin_addr.s_addr;
	id->idiag_cookie[0] = id->idiag_cookie[1] = INET_DIAG_NOCOOKIE;
	return send(netlink, &q, sizeof(q), 0) == sizeof(q);
}

/* The user, or -1. */
static int64_t user(int netlink, const struct sockaddr_in *local,
		    const struct sockaddr_in *remote)
{
	struct {
		struct nlmsghdr head;
		struct inet_diag_msg body;
		char more[1024];
	} a;
	ssize_t n;

	if (netlink < 0 || !ask(netlink, local, remote))
		return -1;
	n = recv(netlink, &a, sizeof(a), MSG_DONTWAIT);
	if (n < (ssize_t)(sizeof(a.head) + sizeof(a.body)) ||
	    a.head.nlmsg_type != SOCK_DIAG_BY_FAMILY)
		return -1;
	return a.body.idiag_uid;
}

static uint64_t address(const struct sockaddr_storage *a)
{
	const struct sockaddr_in6 *six = (const void *)a;
	uint64_t net;

	if (a->ss_family == AF_INET)
		return OF_ADDRESS |
		       ((const struct sockaddr_in *)(const void *)a)
			       ->sin_addr.s_addr;
	/* One host has all addresses of a network of 64 bits. */
	memcpy(&net, &six->sin6_addr, sizeof(net));
	return OF_ADDRESS | net;
}

uint64_t origin_of(int netlink, int fd)
{
	struct sockaddr_storage local = { 0 }, remote = { 0 };
	socklen_t len = sizeof(local), rlen = sizeof(remote);
	const struct sockaddr_in *from = (const void *)&remote;
	int64_t uid;

	if (getsockname(fd, (struct sockaddr *)&local, &len) ||
	    getpeername(fd, (struct sockaddr *)&remote, &rlen))
		return OF_ADDRESS;
	if (remote.ss_family != AF_INET ||
	    ntohl(from->sin_addr.s_addr) >> 24 != 127)
		return address(&remote);
	uid = user(netlink, (const void *)&local, from);
	if (uid < 0)
		return address(&remote);
	return uid == geteuid() || uid == 0 ? ORIGIN_OWN :
					      OF_USER | (uint64_t)uid;
}
