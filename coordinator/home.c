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

/* A user's file by a path that stays right: our working directory may be
 * another later. */
static void fix_path(char path[WIRE_PATH], const char *file)
{
	char cwd[PATH_MAX];

	if (path[0])
		return;
	if (file[0] == '/' || !getcwd(cwd, sizeof(cwd)))
		snprintf(path, WIRE_PATH, "%s", file);
	else
		snprintf(path, WIRE_PATH, "%.3000s/%.1000s", cwd, file);
}

static void port_shown(struct server *s)
{
	if (s->o.port_file)
		fix_path(s->port_path, s->o.port_file);
	else
		snprintf(s->port_path, sizeof(s->port_path),
			 "%.4000s/" CLIENT_FILE, s->dir.path);
}

/* What scripts may know; not the secret. */
static int put_status(const struct server *s, const char *tmp)
{
	int fd, n;

	unlink(tmp);
	fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0)
		return -errno;
	errno = EIO;
	n = dprintf(fd, "Host: %s\nPort: %d\nPID: %d\nCheckpoint Dir: %s\n",
		    s->where.host, s->where.port, s->where.pid, s->dir.path);
	if (close(fd) || n < 0 || rename(tmp, s->status_path)) {
		n = -errno;
		unlink(tmp);
		return n;
	}
	return 0;
}

static int write_status(struct server *s, char *err, size_t errlen)
{
	char tmp[WIRE_PATH + 8];
	int rc;

	if (!s->o.status_file)
		return 0;
	fix_path(s->status_path, s->o.status_file);
	snprintf(tmp, sizeof(tmp), "%s.tmp", s->status_path);
	rc = put_status(s, tmp);
	if (!rc && lstat(s->status_path, &s->status_written))
		rc = -errno;
	if (rc)
		snprintf(err, errlen,
			 "cannot write %.900s: %s: name another with "
			 "--status-file",
			 s->status_path, strerror(-rc));
	return rc;
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
	return rc ? rc : write_status(s, err, errlen);
}

/* Remove a file of ours, unless it is another coordinator's by now. */
static void retract_file(int at, const char *name, const struct stat *ours)
{
	struct stat st;

	if (ours->st_ino && !fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) &&
	    st.st_ino == ours->st_ino && st.st_dev == ours->st_dev)
		unlinkat(at, name, 0);
}

static void retract(struct server *s)
{
	retract_file(port_at(s), port_name(s), &s->announced);
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
	if (s->o.daemon && !s->o.log)
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
	retract_file(AT_FDCWD, s->status_path, &s->status_written);
	directory_close(&s->dir);
}
