/* SPDX-License-Identifier: MIT */
/* gather.c - the gatherer of a node: the ranks' way to the coordinator */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "../common/fnv.h"
#include "../common/monotonic.h"
#include "../common/proc_stat.h"
#include "gather.h"
#include "start.h"

#define POLL_MS 20

static uint64_t hash(uint64_t h, const char *text)
{
	for (; *text; text++)
		h = fnv_add(h, *text);
	return h;
}

socklen_t gather_address(const struct client_where *w, int starting,
			 struct sockaddr_un *a)
{
	char host[WIRE_NAME] = "", name[WIRE_NAME + 32];
	uint64_t h = FNV_BEGIN;
	int n;

	gethostname(host, sizeof(host) - 1);
	snprintf(name, sizeof(name), "%d %d %s", w->port, w->pid, w->host);
	h = hash(hash(hash(h, name), w->on), host);
	memset(a, 0, sizeof(*a));
	a->sun_family = AF_UNIX;
	n = snprintf(a->sun_path + 1, sizeof(a->sun_path) - 1,
		     "mana-gatherer-%u-%016llx%s", geteuid(),
		     (unsigned long long)h, starting ? "+" : "");
	return (socklen_t)offsetof(struct sockaddr_un, sun_path) + 1 +
	       (socklen_t)n;
}

int gather_own(int fd, int *pid)
{
	struct ucred u;
	socklen_t len = sizeof(u);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &u, &len) ||
	    u.uid != geteuid())
		return 0;
	*pid = u.pid;
	return 1;
}

int gather_stands_still(int pid)
{
	struct proc_stat p;

	return !proc_stat_read(pid, &p) && (p.state == 'T' || p.state == 't');
}

/* 0: connected; -ECONNREFUSED: there is none; -EAGAIN: it has much to do;
 * -ECONNRESET: it was just ending. */
static int try(struct client_where *w, int patience_ms, struct wire_conn *c)
{
	struct sockaddr_un a;
	socklen_t len = gather_address(w, 0, &a);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int rc = 0;

	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&a, len))
		rc = -errno;
	else if (!gather_own(fd, &w->gatherer))
		rc = -EPERM;
	else if (gather_stands_still(w->gatherer))
		rc = -EHOSTDOWN;
	if (rc) {
		close(fd);
	} else {
		wire_init(c, fd);
		rc = client_greet(c, w, patience_ms);
		if (rc)
			wire_close(c);
	}
	if (rc)
		w->gatherer = 0;
	return rc == -EPIPE ? -ECONNRESET : rc;
}

/* Of all ranks of the node, who is bound to this starts the gatherer. */
static int lock(const struct client_where *w)
{
	struct sockaddr_un a;
	socklen_t len = gather_address(w, 1, &a);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), rc;

	if (fd < 0 || !bind(fd, (struct sockaddr *)&a, len))
		return fd < 0 ? -errno : fd;
	rc = -errno;
	close(fd);
	return rc;
}

/* Another rank has started it meanwhile. */
static int is_there(const struct client_where *w)
{
	struct sockaddr_un a;
	socklen_t len = gather_address(w, 0, &a);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), rc;

	rc = fd < 0 ? -errno : bind(fd, (struct sockaddr *)&a, len);
	if (fd >= 0)
		close(fd);
	return rc < 0;
}

/* Starts it, or lets another rank do that. 0 or -errno and a sentence. */
static int start(const struct client_options *o, struct client_where *w,
		 int64_t left, char *err, size_t errlen)
{
	int fd = lock(w), rc = 0;

	if (fd == -EADDRINUSE) {
		usleep(POLL_MS * 1000);
		return 0;
	}
	if (fd < 0)
		return fd;
	if (!is_there(w))
		rc = start_gatherer(o, left, err, errlen);
	close(fd);
	return rc;
}

int gather_connect(const struct client_options *o, struct client_where *w,
		   int patience_ms, struct wire_conn *c, char *err,
		   size_t errlen)
{
	int64_t end = monotonic_ms() + GATHER_MS, left;
	int rc, started = 0;

	err[0] = 0;
	do {
		rc = try(w, patience_ms, c);
		left = end - monotonic_ms();
		if (left <= 0)
			break;
		if (rc == -ECONNREFUSED)
			started = start(o, w, left, err, errlen);
		else if (rc == -EAGAIN || rc == -ECONNRESET)
			usleep(POLL_MS * 1000);
		else
			break;
	} while (!started);
	if (!rc)
		return 0;
	rc = started ?: rc;
	if (!err[0])
		snprintf(err, errlen, "the gatherer of this host: %s",
			 rc == -EHOSTDOWN ? "it is stopped" :
			 rc == -EPERM	  ? "another user has its address" :
					    strerror(-rc));
	return rc;
}
