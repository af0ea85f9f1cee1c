/* SPDX-License-Identifier: MIT */
/* file_locks.c - locks and leases that the application had on files
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
#include "../image/image_file.h"
#include "file_locks.h"
#include "file_open.h"

static struct flock range_of(const struct saved_lock *l)
{
	return (struct flock){
		.l_type = (short)l->type,
		.l_whence = SEEK_SET,
		.l_start = (off_t)l->start,
		.l_len = (off_t)l->len,
	};
}

static int flock_mode(const struct saved_lock *l)
{
	return (l->type == F_WRLCK ? LOCK_EX : LOCK_SH) | LOCK_NB;
}

/* 0, or -errno: -EAGAIN when another process is in the way. */
static int take(const struct saved_lock *l, int fd)
{
	struct flock r = range_of(l);
	int rc;

	switch (l->kind) {
	case LOCK_POSIX:
		rc = fcntl(fd, F_SETLK, &r);
		break;
	case LOCK_OFD:
		rc = fcntl(fd, F_OFD_SETLK, &r);
		break;
	case LOCK_FLOCK:
		rc = flock(fd, flock_mode(l));
		break;
	case LOCK_LEASE:
		rc = fcntl(fd, F_SETLEASE, l->type);
		break;
	default:
		return -EINVAL;
	}
	return rc < 0 ? (errno == EACCES ? -EAGAIN : -errno) : 0;
}

/* Could the lock be taken? *holder gets the process that has the range, if one
 * does. */
static int test(const struct saved_lock *l, int fd, pid_t *holder)
{
	struct flock r = range_of(l);
	int cmd = l->kind == LOCK_OFD ? F_OFD_GETLK : F_GETLK, rc;

	if (l->kind == LOCK_POSIX || l->kind == LOCK_OFD) {
		if (fcntl(fd, cmd, &r) < 0)
			return -errno;
		*holder = r.l_pid;
		return r.l_type == F_UNLCK ? 0 : -EAGAIN;
	}
	rc = take(l, fd);
	if (!rc && l->kind == LOCK_FLOCK)
		flock(fd, LOCK_UN);
	if (!rc && l->kind == LOCK_LEASE)
		fcntl(fd, F_SETLEASE, F_UNLCK);
	return rc;
}

static int refuse(const struct saved_files *x, const struct saved_file *f,
		  int rc, pid_t holder, char *err, size_t errlen)
{
	const char *name = saved_files_name(x, f->name);

	if (rc != -EAGAIN)
		return image_fail(rc, err, errlen,
				  "%.4000s: the program's lock "
				  "cannot be had again: %s",
				  name, strerror(-rc));
	if (holder > 0)
		return image_fail(rc, err, errlen,
				  "%.4000s: process %d has "
				  "locked what the program had locked: end it "
				  "first",
				  name, (int)holder);
	return image_fail(rc, err, errlen,
			  "%.4000s: another process has it "
			  "locked or open, and the program had locked it: end "
			  "that one first",
			  name);
}

int file_locks_check(const struct saved_files *x, char *err, size_t errlen)
{
	size_t i;
	int rc = 0;

	for (i = 0; i < x->n_locks && !rc; i++) {
		const struct saved_lock *l = &x->locks[i];
		const struct saved_file *f = saved_files_find(x, l->fd);
		pid_t holder = 0;
		int fd;

		if (f->kind != FILE_REGULAR && f->kind != FILE_DIRECTORY &&
		    f->kind != FILE_DEVICE)
			continue;
		fd = file_open_named(x, f, err, errlen);
		if (fd < 0)
			return fd;
		rc = test(l, fd, &holder);
		close(fd);
		if (rc < 0)
			refuse(x, f, rc, holder, err, errlen);
	}
	return rc;
}

int file_locks_take(const struct saved_files *x, int inodes, char *err,
		    size_t errlen)
{
	size_t i;
	int rc = 0;

	for (i = 0; i < x->n_locks && !rc; i++) {
		const struct saved_file *f =
			saved_files_find(x, x->locks[i].fd);

		if ((f->kind == FILE_INODE) != inodes)
			continue;
		rc = take(&x->locks[i], f->fd);
		if (rc < 0)
			refuse(x, f, rc, 0, err, errlen);
	}
	return rc;
}
