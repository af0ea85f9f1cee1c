/* SPDX-License-Identifier: MIT */
/* server.c - the coordinator's sockets, files and main loop */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "../common/monotonic.h"
#include "../common/ckptdir.h"
#include "../common/launcher.h"
#include "log.h"
#include "carrier.h"
#include "origin.h"
#include "checkpoint.h"
#include "console.h"
#include "home.h"
#include "http.h"
#include "job.h"
#include "listener.h"
#include "peer.h"
#include "report.h"
#include "server.h"

#define EVENTS	   64
#define SECRET_MIN 16

static int open_listener(struct server *s, char *err, size_t errlen)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
				  .ai_flags = AI_PASSIVE | AI_NUMERICSERV };
	const char *addr = s->o.listen;
	struct addrinfo *list = NULL, *a;
	char port[16];
	int rc = -EADDRNOTAVAIL, gai;

	if (!addr)
		addr = getenv("MANA_LISTEN");
	if (!addr || !*addr)
		addr = launcher_several_hosts() ? "0.0.0.0" : "127.0.0.1";
	snprintf(port, sizeof(port), "%d", s->o.port);
	gai = getaddrinfo(addr, port, &hints, &list);
	if (gai) {
		snprintf(err, errlen,
			 "cannot listen on %s: %s: choose another "
			 "address with --listen",
			 addr, gai_strerror(gai));
		return -EADDRNOTAVAIL;
	}
	for (a = list; a && rc < 0; a = a->ai_next)
		rc = listener_open(a, SOMAXCONN);
	freeaddrinfo(list);
	if (rc < 0) {
		snprintf(err, errlen,
			 "cannot listen on %s:%d: %s: choose another %s", addr,
			 s->o.port, strerror(-rc),
			 rc == -EADDRNOTAVAIL ? "address with --listen" :
						"port with -p");
		return rc;
	}
	s->listener = rc;
	s->where.port = listener_port(rc);
	listener_addresses(rc, &s->where);
	/* what "any address" is to others is the host's name */
	snprintf(s->where.host, sizeof(s->where.host), "%s",
		 strcmp(addr, "0.0.0.0") && strcmp(addr, "::") ? addr :
								 s->where.on);
	return 0;
}

/* Printable ASCII: it goes through files and other shells' environments. */
static int make_secret(struct server *s, char *err, size_t errlen)
{
	const char *secret = getenv("MANA_SECRET"), *p = secret;
	size_t len = secret ? strlen(secret) : 0;

	if (!len) {
		int rc = job_id(s->where.secret);

		if (rc)
			snprintf(err, errlen, "no random numbers: %s",
				 strerror(-rc));
		return rc;
	}
	while (*p > ' ' && *p < 127)
		p++;
	if (*p || len < SECRET_MIN || len >= sizeof(s->where.secret)) {
		snprintf(err, errlen,
			 "MANA_SECRET: not %d to %zu printable "
			 "characters: set another, or none for a random one",
			 SECRET_MIN, sizeof(s->where.secret) - 1);
		return -EINVAL;
	}
	memcpy(s->where.secret, secret, len + 1);
	return 0;
}

static int watch(struct server *s, int fd, void *who)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = who };

	return epoll_ctl(s->epoll, EPOLL_CTL_ADD, fd, &ev) ? -errno : 0;
}

/* Silent connections may have a quarter of all descriptors: ranks need the
 * others. */
static unsigned int strangers_max(void)
{
	struct rlimit l;

	if (getrlimit(RLIMIT_NOFILE, &l) || l.rlim_cur / 4 > SERVER_STRANGERS)
		return SERVER_STRANGERS;
	return l.rlim_cur < 32 ? 8 : (unsigned int)l.rlim_cur / 4;
}

static int open_events(struct server *s)
{
	sigset_t set;
	int rc;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGTTIN, SIG_IGN);
	s->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	s->epoll = epoll_create1(EPOLL_CLOEXEC);
	s->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (s->signals < 0 || s->epoll < 0 || s->spare < 0)
		return -errno;
	s->netlink = origin_open();
	s->strangers_max = strangers_max();
	rc = watch(s, s->signals, &s->signals);
	if (!rc)
		rc = watch(s, s->listener, &s->listener);
	return rc;
}

/* epoll cannot wait for a regular file (EPERM). */
static int open_console(struct server *s, char *err, size_t errlen)
{
	int rc = s->o.interactive ? watch(s, 0, &s->o.interactive) : 0;

	if (rc)
		snprintf(err, errlen,
			 "standard input: %s: --interactive "
			 "wants a terminal or a pipe",
			 strerror(-rc));
	return rc;
}

int server_open(struct server *s, const struct server_options *o, char *err,
		size_t errlen)
{
	int rc;

	memset(s, 0, sizeof(*s));
	s->o = *o;
	peer_init(s);
	s->epoll = s->listener = s->signals = s->gen = -1;
	s->netlink = s->spare = -1;
	s->dir.fd = s->dir.lock = -1;
	http_init(&s->http);
	s->started = monotonic_ms();
	gethostname(s->where.on, sizeof(s->where.on) - 1);
	rc = home_take(s, err, errlen);
	if (!rc)
		rc = open_listener(s, err, errlen);
	if (!rc)
		rc = make_secret(s, err, errlen);
	if (!rc) {
		rc = open_events(s);
		if (rc)
			snprintf(err, errlen, "%s", strerror(-rc));
	}
	if (!rc)
		rc = http_open(s, err, errlen);
	if (!rc)
		rc = open_console(s, err, errlen);
	if (!rc) {
		checkpoint_init(s);
		report_init(s);
		rc = home_announce(s, err, errlen);
	}
	if (rc)
		server_close(s);
	return rc;
}

/* ms until we end because there is no job, since none has come or since it has
 * gone; INT_MAX: we do not. */
static int64_t lonely_due(const struct server *s, int64_t now)
{
	int64_t first = s->o.first_s	  ? s->o.first_s * 1000LL :
			s->o.exit_on_last ? SERVER_FIRST_MS :
					    0;
	int64_t end;

	if (s->job.connected || s->job.adrift)
		return INT_MAX;
	if (!s->job.size && first)
		end = s->started + first;
	else if (s->job.size && s->o.stale_s)
		end = s->alone + s->o.stale_s * 1000LL;
	else
		return INT_MAX;
	return end > now ? end - now : 0;
}

/* ms until something is due without any event; -1: nothing is. */
static int timeout(struct server *s, int64_t now)
{
	int ms = round_tick(&s->round, now);
	int64_t home = home_due(s, now), again = peer_listen(s, now);
	int64_t lonely = lonely_due(s, now);
	int64_t report = report_due(s, now), http = http_due(s, now);
	int64_t adrift = job_tick(s, now);
	int idle = s->round.stage == STAGE_IDLE && !job_restoring(&s->job);
	int64_t left = INT_MAX;

	if (s->next_due && idle)
		left = s->next_due > now ? s->next_due - now : 0;
	if (s->strangers && left > 1000)
		left = 1000;
	if (s->again && idle)
		left = 0;
	if (ms >= 0 && ms < left)
		left = ms;
	if (home < left)
		left = home;
	if (again < left)
		left = again;
	if (lonely < left)
		left = lonely;
	if (adrift < left)
		left = adrift;
	if (report < left)
		left = report;
	if (http < left)
		left = http;
	return left == INT_MAX ? -1 : (int)left;
}

static void handle(struct server *s, const struct epoll_event *ev)
{
	if (ev->data.ptr == &s->listener) {
		peer_accept(s);
	} else if (ev->data.ptr == &s->signals) {
		checkpoint_stop(s, "the coordinator was told to stop");
		s->quit = 1;
	} else if (ev->data.ptr == &s->o.interactive) {
		console_event(s);
	} else if (!http_event(s, ev->data.ptr, ev->events)) {
		peer_event(s, ev->data.ptr, ev->events);
	}
}

int server_run(struct server *s)
{
	struct epoll_event ev[EVENTS];
	int i, n;

	while (!s->quit) {
		int64_t now = monotonic_ms();

		n = epoll_wait(s->epoll, ev, EVENTS, timeout(s, now));
		if (n < 0 && errno != EINTR)
			return -errno;
		for (i = 0; i < n; i++)
			handle(s, &ev[i]);
		now = monotonic_ms();
		peer_sweep(s, now);
		http_sweep(s, now);
		checkpoint_due(s, now);
		report_tick(s, now);
		carrier_flush(s);
		if (s->ended && !s->strangers)
			s->quit = 1;
		if (!lonely_due(s, now)) {
			log_info("no %s has come in time: ending",
				 s->job.size ? "other job" : "rank");
			s->quit = 1;
		}
	}
	job_goodbye(s);
	return 0;
}

static void close_all(const int *fds, int n)
{
	while (n-- > 0)
		if (fds[n] >= 0)
			close(fds[n]);
}

void server_close(struct server *s)
{
	home_leave(s);
	http_close(s);
	peer_fini(s);
	round_fini(&s->round);
	job_fini(&s->job);
	manifest_fini(&s->last);
	close_all((int[]){ s->epoll, s->signals, s->listener, s->gen,
			   s->netlink, s->spare },
		  6);
}
