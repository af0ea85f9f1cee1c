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
#include "../client/client.h"
#include "../client/gather.h"
#include "../client/start.h"
#include "../common/back.h"
#include "../common/exit_code.h"
#include "../common/lower.h"
#include "../common/monotonic.h"
#include "../common/option.h"
#include "../launch/refusal.h"
#include "agent.h"
#include "core.h"
#include "link.h"
#include "streams.h"

#define GATHER_RANKS 512 /* and more: with gatherers, unless told otherwise */
#define SEND_MS	     10000
#define RETRY_MS     1000
#define START_S	     3	/* so long somebody else may start one */
#define START_MAX_S  60 /* between two attempts to start a coordinator */

static struct wire_conn conn = { .fd = -1 };
static pthread_mutex_t send_lock = PTHREAD_MUTEX_INITIALIZER;
static char *program;
static struct client_where where;     /* the coordinator that conn leads to */
static struct wire_settings settings; /* what it does ... */
static int settled;		      /* ... once it has said so */
static int dismissed; /* it was told to end: another is the user's to start */

int link_say(enum wire_type type, const void *msg)
{
	int rc;

	pthread_mutex_lock(&send_lock);
	rc = conn.fd < 0 ? -ENOTCONN : wire_send(&conn, type, msg, SEND_MS);
	pthread_mutex_unlock(&send_lock);
	return rc;
}

/* Messages that may come at any time. */
static void take(const struct wire_msg *m)
{
	if (m->type == WIRE_NOTE)
		lower_error("%s: %s", core.tool, m->u.failed.text);
	if (m->type == WIRE_GOODBYE)
		dismissed = 1;
	if (m->type == WIRE_SETTINGS) {
		settings = m->u.settings;
		settled = 1;
	}
}

int link_receive(struct wire_msg *m, int ms)
{
	int rc = wire_recv(&conn, m, ms);

	if (!rc)
		take(m);
	return rc;
}

int link_cut(void)
{
	return where.gatherer && gather_stands_still(where.gatherer);
}

int link_fd(void)
{
	return conn.fd;
}

char link_state(void)
{
	return link_cut() ? 'T' : client_process_state(&where);
}

static void hang_up(void)
{
	pthread_mutex_lock(&send_lock);
	wire_close(&conn);
	conn.fd = -1;
	pthread_mutex_unlock(&send_lock);
}

static unsigned int given(int option)
{
	return option > 0 ? (unsigned int)option : 0;
}

void link_settings(int *interval, int *keep, int *level)
{
	*interval = settled ? (int)settings.interval : core.opt.interval;
	*keep = settled ? (int)settings.keep : core.opt.keep;
	*level = settled ? settings.level : core.opt.level;
}

/* Jobs of many ranks have a gatherer on each node. */
static int is_large(void)
{
	const char *text = getenv("MANA_GATHER");
	char why[OPTION_TEXT];
	long from = GATHER_RANKS;

	if (text && *text &&
	    option_number("MANA_GATHER", text, 0, INT_MAX, &from, why,
			  sizeof(why)))
		refusal_exit("%s: %s", core.tool, why);
	return from && core.size >= from;
}

static struct client_options options(int start)
{
	struct client_options o = { .ckptdir = core.opt.ckptdir,
				    .port_file = core.opt.port_file,
				    .start = start,
				    .gather = is_large() };
	int interval, keep;

	link_settings(&interval, &keep, &o.level);
	o.interval = given(interval);
	o.keep = given(keep);
	o.target_s = settings.target_s;
	o.stage_s = settings.stage_s;
	o.kill_after_ckpt = settings.last != 0;
	return o;
}

/* A sentence for the coordinator's log and status. */
static void note(const char *text)
{
	struct wire_failed m = { 0 };

	snprintf(m.text, sizeof(m.text), "%s", text);
	link_say(WIRE_NOTE, &m);
}

static int join(int flags, int start, char *err, size_t errlen)
{
	struct client_options o = options(start);
	struct wire_hello *h = calloc(1, sizeof(*h));
	struct wire_welcome *w = calloc(1, sizeof(*w));
	int rc = -ENOMEM;

	if (!h || !w) {
		snprintf(err, errlen, "out of memory");
		goto out;
	}
	client_hello_init(h, WIRE_RANK);
	h->flags = (uint32_t)flags;
	h->rank = (uint32_t)core.rank;
	h->size = (uint32_t)core.size;
	h->generation = core.restarted ? core.opt.generation : 0;
	memcpy(h->id, core.job_id, sizeof(h->id));
	back_version(h->mpi, sizeof(h->mpi));
	snprintf(h->program, sizeof(h->program), "%.4000s", program);
	rc = client_join(&o, h, &conn, &where, w, err, errlen);
	if (!rc)
		memcpy(core.job_id, w->id, sizeof(core.job_id));
	if (!rc && where.apart[0])
		note(where.apart);
out:
	free(h);
	free(w);
	return rc;
}

/* Coordinators are looked for later too, when the application may have changed
 * its directory. */
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
	int rc;

	stay_where();
	program = strdup(name);
	if (!program)
		refusal_exit("%s: out of memory", core.tool);
	rc = join(core.restarted ? WIRE_RESTARTED : 0, 1, err, sizeof(err));
	if (!rc)
		return;
	/* In a directory that can only be read, such as an archive, a restart
	 * needs no coordinator: there is nothing to be added. */
	if (!core.restarted || (rc != -EROFS && rc != -EACCES))
		refusal_exit("%s: %s", core.tool, err);
	core.opt.no_coordinator = 1;
	if (core.rank == 0)
		lower_error("%s: %s: %s: going on without checkpoints",
			    core.tool, core.opt.ckptdir, strerror(-rc));
}

void link_shelter(void)
{
	int high = fcntl(conn.fd, F_DUPFD_CLOEXEC, streams_high());

	if (high >= 0) {
		close(conn.fd);
		conn.fd = high;
	}
}

static int directory_is_gone(void)
{
	return core.opt.ckptdir && access(core.opt.ckptdir, F_OK) < 0 &&
	       errno == ENOENT;
}

/*
 * When the coordinator has been killed, the ranks start another one with the
 * same settings: checkpoints at intervals must not end without a word. Where
 * that fails it is said, and tried again now and then.
 */
void link_again(void)
{
	uint64_t pause_s = START_S, due = monotonic_us() + START_S * 1000000;
	int start, said = 0, gone = directory_is_gone();
	char err[1024];

	hang_up();
	for (;;) {
		start = !dismissed && monotonic_us() >= due;
		if (join(WIRE_RECONNECT, start, err, sizeof(err)) == 0)
			break;
		if (start && core.rank == 0 && !said++)
			lower_error("%s: the coordinator is gone: %s: no "
				    "checkpoints until there is another",
				    core.tool, err);
		if (start) {
			due = monotonic_us() + pause_s * 1000000;
			pause_s = pause_s < START_MAX_S ? 2 * pause_s : pause_s;
		}
		usleep(RETRY_MS * 1000);
	}
	dismissed = 0;
	link_shelter();
	/* The coordinator, which would have said that the directory was
	 * removed, is gone as well, so rank 0 says it. */
	if (gone && core.rank == 0 && !directory_is_gone())
		lower_error("%s: %s: was removed, with the checkpoints in it: "
			    "made anew",
			    core.tool, core.opt.ckptdir);
}

int agent_barrier(const char *name, int limit_ms)
{
	uint64_t end = monotonic_us() + (uint64_t)limit_ms * 1000, now;
	struct wire_barrier b = { 0 };
	struct wire_msg m;
	int rc;

	if (core.opt.no_coordinator)
		return 0;
	snprintf(b.name, sizeof(b.name), "%s", name);
	rc = link_say(WIRE_BARRIER, &b);
	while (rc >= 0) {
		now = monotonic_us();
		rc = now < end ? link_receive(&m, (int)((end - now) / 1000)) :
				 -ETIMEDOUT;
		if (!rc && m.type == WIRE_BARRIER_DONE)
			return 0;
		if (!rc && m.type == WIRE_KILL)
			return m.u.code.code > 0 ? m.u.code.code : EXIT_REFUSED;
	}
	return rc;
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
