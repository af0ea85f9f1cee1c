/* SPDX-License-Identifier: MIT */
/* inode_share.c - descriptors of files, from rank to rank of one host
 *
 * One question a connection: the key, at most SHARE_KEY bytes with its NUL. The
 * answer is a byte and the descriptor.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include "../common/monotonic.h"
#include "inode_share.h"

#define WAIT_S	 60 /* for the other ranks to come this far */
#define ANSWER_S 10 /* for the answer of one that is there */
#define RETRY_US 10000

union rights {
	char buf[CMSG_SPACE(sizeof(int))];
	struct cmsghdr align;
};

static socklen_t address(struct sockaddr_un *a, uint64_t token)
{
	memset(a, 0, sizeof(*a));
	a->sun_family = AF_UNIX;
	snprintf(a->sun_path + 1, sizeof(a->sun_path) - 1, "mana-%u-%016llx",
		 geteuid(), (unsigned long long)token);
	return (socklen_t)sizeof(*a);
}

static int is_mine(int fd)
{
	struct timeval limit = { .tv_sec = ANSWER_S };
	struct ucred who;
	socklen_t len = sizeof(who);

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) == 0 &&
	       who.uid == geteuid();
}

static int send_fd(int to, int fd)
{
	union rights r = { .buf = "" };
	char ok = 1;
	struct iovec io = { &ok, 1 };
	struct msghdr m = { .msg_iov = &io,
			    .msg_iovlen = 1,
			    .msg_control = r.buf,
			    .msg_controllen = sizeof(r.buf) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	return sendmsg(to, &m, MSG_NOSIGNAL) == 1;
}

static int receive_fd(int from)
{
	union rights r = { .buf = "" };
	char ok;
	struct iovec io = { &ok, 1 };
	struct msghdr m = { .msg_iov = &io,
			    .msg_iovlen = 1,
			    .msg_control = r.buf,
			    .msg_controllen = sizeof(r.buf) };
	struct cmsghdr *c;
	int fd;

	if (recvmsg(from, &m, MSG_CMSG_CLOEXEC) != 1)
		return -EPROTO;
	c = CMSG_FIRSTHDR(&m);
	if (!c || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS ||
	    c->cmsg_len != CMSG_LEN(sizeof(int)))
		return -EPROTO;
	memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return fd;
}

/* Answers a connection. 1: it was a rank's question, and is answered. */
static int answer(const struct share_server *s, int c)
{
	char key[SHARE_KEY];
	ssize_t n = is_mine(c) ? recv(c, key, sizeof(key), 0) : 0;
	int fd;

	if (n <= 0 || key[n - 1])
		return 0;
	fd = s->look(key);
	return fd >= 0 && send_fd(c, fd);
}

static void *serve(void *arg)
{
	struct share_server *s = arg;
	struct pollfd p = { .fd = s->fd, .events = POLLIN };
	int64_t end = monotonic_ms() + WAIT_S * 1000;
	int c;

	while (s->expected > 0 && monotonic_ms() < end) {
		if (poll(&p, 1, 100) <= 0)
			continue;
		c = accept4(s->fd, NULL, NULL, SOCK_CLOEXEC);
		if (c < 0)
			continue;
		s->expected -= answer(s, c);
		close(c);
	}
	s->error = s->expected > 0 ? -ETIMEDOUT : 0;
	return NULL;
}

int share_start(struct share_server *s, uint64_t token)
{
	struct sockaddr_un a;
	socklen_t len = address(&a, token);
	sigset_t all, old;
	int rc;

	s->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (s->fd < 0 || bind(s->fd, (struct sockaddr *)&a, len) < 0 ||
	    listen(s->fd, 1024) < 0)
		return -errno;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	rc = pthread_create(&s->thread, NULL, serve, s);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return -rc;
}

int share_finish(struct share_server *s)
{
	pthread_join(s->thread, NULL);
	close(s->fd);
	return s->error;
}

static int ask_once(const struct sockaddr_un *a, socklen_t len, const char *key)
{
	int c = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0), rc;

	if (c < 0)
		return -errno;
	if (connect(c, (const struct sockaddr *)a, len) < 0)
		rc = -errno;
	else if (!is_mine(c))
		rc = -EPERM;
	else if (send(c, key, strlen(key) + 1, MSG_NOSIGNAL) < 0)
		rc = -errno;
	else
		rc = receive_fd(c);
	close(c);
	return rc;
}

int share_ask(uint64_t token, const char *key)
{
	int64_t end = monotonic_ms() + WAIT_S * 1000;
	struct sockaddr_un a;
	socklen_t len = address(&a, token);
	int rc;

	while ((rc = ask_once(&a, len, key)) == -ECONNREFUSED &&
	       monotonic_ms() < end)
		usleep(RETRY_US);
	return rc == -ECONNREFUSED ? -ETIMEDOUT : rc;
}
