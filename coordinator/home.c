/* SPDX-License-Identifier: MIT */
/* home.c - where the coordinator is: its directory, and the file that says so
 *
 * Users remove directories and move them away while jobs run. The job then gets
 * a new one under the old name, unless another coordinator has been quicker.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "../client/rendezvous.h"
#include "../common/monotonic.h"
#include "../common/trust.h"
#include "checkpoint.h"
#include "home.h"
#include "server.h"
#include "tell.h"

#define LOCK_WAIT_MS 3000  /* for a coordinator that is just going away */
#define CHECK_MS     10000 /* between two looks at the directory */
#define LOG_FILE     "coordinator.log"

/* The port file: a name in the checkpoint directory, or a path. */
static int port_at(const struct server *s)
{
	return s->o.port_file ? AT_FDCWD : s->dir.fd;
}

static const char *port_name(const struct server *s)
{
	return s->o.port_file ? s->port_path : CLIENT_FILE;
}

static void port_shown(struct server *s)
{
	const char *file = s->o.port_file;
	char cwd[PATH_MAX];

	if (!file)
		snprintf(s->port_path, sizeof(s->port_path),
			 "%.4000s/" CLIENT_FILE, s->dir.path);
	else if (s->port_path[0])
		return; /* our working directory is another by now */
	else if (file[0] == '/' || !getcwd(cwd, sizeof(cwd)))
		snprintf(s->port_path, sizeof(s->port_path), "%s", file);
	else
		snprintf(s->port_path, sizeof(s->port_path), "%.3000s/%.1000s",
			 cwd, file);
}

static int announce(struct server *s, char *err, size_t errlen)
{
	int rc;

	port_shown(s);
	s->where.pid = (int)getpid();
	rc = rendezvous_write(port_at(s), port_name(s), s->port_path, &s->where,
			      err, errlen);
	if (!rc && fstatat(port_at(s), port_name(s), &s->announced,
			   AT_SYMLINK_NOFOLLOW))
		rc = -errno;
	return rc;
}

/* Remove the port file, unless it is another coordinator's by now. */
static void retract(struct server *s)
{
	struct stat st;

	if (s->announced.st_ino &&
	    !fstatat(port_at(s), port_name(s), &st, AT_SYMLINK_NOFOLLOW) &&
	    st.st_ino == s->announced.st_ino &&
	    st.st_dev == s->announced.st_dev)
		unlinkat(port_at(s), port_name(s), 0);
}

int home_take(struct server *s, char *err, size_t errlen)
{
	return directory_open(&s->dir, s->o.ckptdir, LOCK_WAIT_MS, err, errlen);
}

int home_announce(struct server *s, char *err, size_t errlen)
{
	return announce(s, err, errlen);
}

void home_log(const struct server *s)
{
	struct reason why;
	int log = trust_file(s->dir.fd, LOG_FILE, O_WRONLY | O_CREAT | O_APPEND,
			     "", &why);

	if (log < 0)
		return;
	dup2(log, 1);
	dup2(log, 2);
	close(log);
}

/* Makes a new directory under the old name; the old one, if it still is, is
 * left alone. */
static int renew(struct server *s, const char *lost, char *err, size_t errlen)
{
	char why[WIRE_TEXT];
	struct directory d;
	int rc;

	rc = directory_open(&d, s->dir.path, 0, why, sizeof(why));
	if (rc) {
		snprintf(err, errlen, "%.450s: %.550s", lost, why);
		return rc;
	}
	if (!s->o.port_file)
		retract(s);
	directory_close(&s->dir);
	s->dir = d;
	s->marked = 0;
	if (s->o.daemon)
		home_log(s);
	checkpoint_scan(s);
	job_tell(s, "%.450s: going on in %.450s, with generation %llu", lost,
		 s->dir.path, (unsigned long long)s->generation + 1);
	return announce(s, err, errlen);
}

int home_keep(struct server *s, char *err, size_t errlen)
{
	char lost[WIRE_TEXT];
	struct stat st;

	s->home_checked = monotonic_ms();
	if (directory_check(&s->dir, lost, sizeof(lost)))
		return renew(s, lost, err, errlen);
	if (fstatat(port_at(s), port_name(s), &st, AT_SYMLINK_NOFOLLOW) &&
	    errno == ENOENT)
		return announce(s, err, errlen);
	return 0;
}

int64_t home_due(struct server *s, int64_t now)
{
	char err[WIRE_TEXT];
	int64_t left = s->home_checked + CHECK_MS - now;

	if (!s->job.connected || s->round.stage != STAGE_IDLE)
		return INT_MAX;
	if (left > 0)
		return left;
	if (home_keep(s, err, sizeof(err)))
		job_tell_once(s, err);
	return CHECK_MS;
}

void home_leave(struct server *s)
{
	retract(s);
	directory_close(&s->dir);
}
