/* SPDX-License-Identifier: MIT */
/* link.c - the connection to the coordinator
 *
 * Only the agent's thread receives; any lower code may send.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "../coordinator/client.h"
#include "../coordinator/start.h"
#include "../mpi-wrappers/back/back.h"
#include "agent.h"
#include "core.h"
#include "link.h"
#include "refusal.h"
#include "streams.h"

#define SEND_MS	 10000
#define RETRY_MS 1000

static struct wire_conn conn = { .fd = -1 };
static pthread_mutex_t send_lock = PTHREAD_MUTEX_INITIALIZER;
static char *program;

uint64_t link_now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

int link_say(enum wire_type type, const void *msg)
{
	int r;

	pthread_mutex_lock(&send_lock);
	r = conn.fd < 0 ? -ENOTCONN : wire_send(&conn, type, msg, SEND_MS);
	pthread_mutex_unlock(&send_lock);
	return r;
}

int link_receive(struct wire_msg *m, int ms)
{
	return wire_recv(&conn, m, ms);
}

static void hang_up(void)
{
	pthread_mutex_lock(&send_lock);
	wire_close(&conn);
	conn.fd = -1;
	pthread_mutex_unlock(&send_lock);
}

static int join(int flags, int start, char *err, size_t errlen)
{
	struct client_options o = {
		.ckptdir = core.opt.ckptdir,
		.port_file = core.opt.port_file,
		.start = start,
		.interval = core.opt.interval > 0
				    ? (unsigned int)core.opt.interval
				    : 0,
		.keep = core.opt.keep > 0 ? (unsigned int)core.opt.keep : 0,
		.level = core.opt.level,
	};
	struct wire_hello *h = calloc(1, sizeof(*h));
	int r;

	if (!h)
		return -ENOMEM;
	client_hello_init(h, WIRE_RANK);
	h->flags = (uint32_t)flags;
	h->rank = (uint32_t)core.rank;
	h->size = (uint32_t)core.size;
	h->generation = core.restarted ? (uint64_t)core.opt.generation : 0;
	back_version(h->mpi, sizeof(h->mpi));
	snprintf(h->program, sizeof(h->program), "%.4000s", program);
	r = client_join(&o, h, &conn, NULL, NULL, err, errlen);
	free(h);
	return r;
}

/* The application may change directory; coordinators are looked for later. */
static const char *absolute(const char *path)
{
	char cwd[PATH_MAX], *p;

	if (path[0] == '/' || !getcwd(cwd, sizeof(cwd)))
		return path;
	return asprintf(&p, "%s/%s", cwd, path) < 0 ? path : p;
}

static void stay_where(void)
{
	const struct client_options o = { .ckptdir = core.opt.ckptdir };
	const char *file = core.opt.port_file;

	if (!file)
		file = getenv("MANA_PORT_FILE");
	if (file && *file)
		core.opt.port_file = absolute(file);
	/* without either, $MANA_COORD is what counts */
	if (core.opt.ckptdir || core.opt.port_file || !getenv("MANA_COORD"))
		core.opt.ckptdir = absolute(client_ckptdir(&o));
}

void link_open(const char *name)
{
	char err[1024];

	stay_where();
	program = strdup(name);
	if (!program)
		refusal_exit("%s: out of memory", core.tool);
	if (join(core.restarted ? WIRE_RESTARTED : 0, 1, err, sizeof(err)) < 0)
		refusal_exit("%s: %s", core.tool, err);
}

void link_shelter(void)
{
	int high = fcntl(conn.fd, F_DUPFD_CLOEXEC, streams_high());

	if (high >= 0) {
		close(conn.fd);
		conn.fd = high;
	}
}

void link_again(void)
{
	char err[512];

	hang_up();
	while (join(WIRE_RECONNECT, 0, err, sizeof(err)) < 0)
		usleep(RETRY_MS * 1000);
	link_shelter();
}

int agent_barrier(const char *name, int limit_ms)
{
	uint64_t end = link_now_us() + (uint64_t)limit_ms * 1000, now;
	struct wire_barrier b = { 0 };
	struct wire_msg m;
	int e;

	if (core.opt.no_coordinator)
		return 0;
	snprintf(b.name, sizeof(b.name), "%s", name);
	e = link_say(WIRE_BARRIER, &b);
	while (e >= 0) {
		now = link_now_us();
		e = now < end ? link_receive(&m, (int)((end - now) / 1000))
			      : -ETIMEDOUT;
		if (e == 0 && m.type == WIRE_BARRIER_DONE)
			return 0;
		if (e == 0 && m.type == WIRE_KILL)
			return m.u.code.code > 0 ? m.u.code.code : 99;
	}
	return e;
}

void agent_finished(int code)
{
	struct wire_code c = { .code = code };

	link_say(WIRE_FINISHED, &c);
}

void agent_goodbye(int code)
{
	struct wire_code c = { .code = code };

	if (conn.fd >= 0)
		link_say(WIRE_GOODBYE, &c);
}

void agent_forked(void)
{
	if (conn.fd >= 0)
		raw_syscall1(SYS_close, conn.fd);
}
