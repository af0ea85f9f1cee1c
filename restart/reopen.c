/* SPDX-License-Identifier: MIT */
/* reopen.c - the application's open files, out of an image
 *
 * Each open file is opened once and put under its lowest number; then the
 * others that shared it are made of that one.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include "../common/lower.h"
#include "../image/image_file.h"
#include "../lower-half/core.h"
#include "../lower-half/own.h"
#include "../lower-half/streams.h"
#include "../upper-half/thread.h"
#include "file_locks.h"
#include "file_open.h"
#include "inodes.h"
#include "pipes.h"
#include "reopen.h"

#define SPARE 1024 /* descriptors for the MPI library, if the limit allows */
#define NEED  16   /* at least so many are needed */

static const struct saved_files *reserved;
static struct rlimit launchers; /* limit of open files; 0: not known */

static int is_taken(int fd)
{
	return saved_files_find(reserved, fd) != NULL;
}

static int top_of(const struct saved_files *x)
{
	return x->n ? x->at[x->n - 1].fd + 1 : 0;
}

static int raise_limit(const struct saved_files *x, char *err, size_t errlen)
{
	rlim_t top = (rlim_t)top_of(x);
	struct rlimit l;

	if (getrlimit(RLIMIT_NOFILE, &l) < 0)
		return 0;
	launchers = l;
	if (l.rlim_max < top + NEED)
		return image_fail(-EMFILE, err, errlen,
				  "descriptor %lu of the "
				  "program: %lu may be open here: raise the "
				  "limit (ulimit -Hn)",
				  (unsigned long)top - 1,
				  (unsigned long)l.rlim_max);
	if (l.rlim_cur >= top + SPARE)
		return 0;
	l.rlim_cur = l.rlim_max < top + SPARE ? l.rlim_max : top + SPARE;
	return setrlimit(RLIMIT_NOFILE, &l) < 0 ? -errno : 0;
}

/* 1: the launcher has given this file again, under the same number: it
 * stays. */
static int is_given(const struct saved_file *f)
{
	return f->kind == FILE_LAUNCHER && streams_given(f->fd) &&
	       !own_has(f->fd) && fcntl(f->fd, F_GETFD) >= 0;
}

int reopen_reserve(const struct saved_files *x, int *const *ours, size_t n,
		   char *err, size_t errlen)
{
	int fd, top = top_of(x), rc = raise_limit(x, err, errlen);
	size_t i;

	if (rc < 0)
		return rc;
	reserved = x;
	streams_move(is_taken, top);
	for (i = 0; i < n; i++)
		*ours[i] = streams_move_one(*ours[i], is_taken, top);
	fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	fd = streams_move_one(fd, is_taken, top);
	if (fd < 0)
		return -errno;
	for (i = 0; i < x->n && !rc; i++)
		if (x->at[i].fd > 2 && !is_given(&x->at[i]) &&
		    dup3(fd, x->at[i].fd, O_CLOEXEC) < 0)
			rc = -errno;
	close(fd);
	return rc;
}

int reopen_check(const struct saved_files *x, char *err, size_t errlen)
{
	size_t i;
	int rc = 0;

	for (i = 0; i < x->n && !rc; i++)
		if (x->at[i].same_as < 0)
			rc = file_open_check(x, &x->at[i], err, errlen);
	return rc < 0 ? rc : file_locks_check(x, err, errlen);
}

/* Moves fd to the number of f. */
static int put(const struct saved_file *f, int fd)
{
	int rc = 0;

	if (fd == f->fd)
		return 0;
	if (dup2(fd, f->fd) < 0)
		rc = -errno;
	close(fd);
	return rc;
}

static int restore_stream(const struct saved_file *f)
{
	int ref = streams_ref(f->std), flags;
	uint32_t changed = (uint32_t)f->size;

	if (ref < 0)
		return put(f, open("/dev/null", O_RDWR | O_CLOEXEC));
	if (changed) {
		flags = fcntl(ref, F_GETFL);
		fcntl(ref, F_SETFL,
		      (flags & ~(int)changed) |
			      (int)(f->flags & changed & ~(uint32_t)O_ASYNC));
	}
	return dup2(ref, f->fd) < 0 ? -errno : 0;
}

static int restore_one(const struct saved_files *x, const struct saved_file *f,
		       char *err, size_t errlen)
{
	int fd, rc;

	if (f->same_as >= 0 || f->kind == FILE_PIPE || f->kind == FILE_FIFO)
		return 0;
	if (f->kind == FILE_STD)
		return restore_stream(f);
	if (is_given(f))
		return streams_lead_out(f->fd);
	fd = file_open(x, f, err, errlen);
	rc = fd < 0 ? fd : put(f, fd);
	if (!rc && f->kind == FILE_LAUNCHER)
		rc = streams_lead_out(f->fd);
	return rc;
}

static int restore_same(const struct saved_file *f)
{
	return f->same_as >= 0 && dup2(f->same_as, f->fd) < 0 ? -errno : 0;
}

/* 0 to 2 are closed where the program had them closed. Whatever else this
 * launcher gave us is the lower half's from now on. */
static void settle(const struct saved_files *x)
{
	struct own_given g;
	size_t i;
	int fd;

	for (fd = 0; fd < STREAMS; fd++)
		if (!saved_files_find(x, fd) && !own_has(fd))
			close(fd);
	for (i = 0; own_given(i, &g); i++)
		if (!saved_files_find(x, g.fd))
			own_take(g.fd);
	for (i = 0; i < x->n; i++) {
		fcntl(x->at[i].fd, F_SETFD, x->at[i].cloexec ? FD_CLOEXEC : 0);
		own_give(x->at[i].fd);
	}
}

static int failed(const struct saved_files *x, const struct saved_file *f,
		  int rc, char *err, size_t errlen)
{
	if (!err[0])
		image_fail(rc, err, errlen, "descriptor %d (%.4000s): %s",
			   f->fd, saved_files_name(x, f->name), strerror(-rc));
	return rc;
}

int reopen_all(const struct saved_files *x, char *err, size_t errlen)
{
	size_t i;
	int rc;

	streams_keep();
	for (i = 0; i < x->n; i++) {
		rc = restore_one(x, &x->at[i], err, errlen);
		if (rc < 0)
			return failed(x, &x->at[i], rc, err, errlen);
	}
	rc = pipes_restore(x, err, errlen);
	for (i = 0; i < x->n && !rc; i++) {
		rc = restore_same(&x->at[i]);
		if (rc < 0)
			failed(x, &x->at[i], rc, err, errlen);
	}
	if (rc < 0)
		return rc;
	settle(x);
	/* The limit stays higher than the launcher gave it if the program's
	 * descriptors do not fit otherwise. */
	if (launchers.rlim_cur >= (rlim_t)top_of(x))
		setrlimit(RLIMIT_NOFILE, &launchers);
	return file_locks_take(x, 0, err, errlen);
}

int reopen_lock_inodes(const struct saved_files *x, char *err, size_t errlen)
{
	return file_locks_take(x, 1, err, errlen);
}

static void set_owner(const struct saved_file *f)
{
	struct f_owner_ex o = { .type = F_OWNER_PID, .pid = core.pid };

	if (f->owner_kind == OWNER_GROUP) {
		o.type = F_OWNER_PGRP;
		o.pid = getpgrp();
	} else if (f->owner_kind == OWNER_THREAD) {
		o.type = F_OWNER_TID;
		o.pid = thread_tid(f->owner);
	}
	if (f->signal)
		fcntl(f->fd, F_SETSIG, f->signal);
	if (f->owner_kind != OWNER_NONE && o.pid)
		fcntl(f->fd, F_SETOWN_EX, &o);
	if (f->flags & O_ASYNC)
		fcntl(f->fd, F_SETFL, fcntl(f->fd, F_GETFL) | O_ASYNC);
}

/* The settings of the launcher's streams are left alone. */
void reopen_signals(const struct saved_files *x)
{
	size_t i;

	for (i = 0; i < x->n; i++) {
		const struct saved_file *f = &x->at[i];

		if (f->same_as < 0 && f->kind != FILE_PATH &&
		    f->kind != FILE_LAUNCHER &&
		    (f->kind != FILE_STD || f->size & O_ASYNC))
			set_owner(f);
	}
}
