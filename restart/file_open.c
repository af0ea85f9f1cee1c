/* SPDX-License-Identifier: MIT */
/* file_open.c - one of the application's files, opened again
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include "../common/lower.h"
#include "../image/image_file.h"
#include "../lower-half/core.h"
#include "../lower-half/streams.h"
#include "file_open.h"
#include "inodes.h"
#include "reopen.h"

#define FILE_FLAGS                                                             \
	(O_ACCMODE | O_APPEND | O_DSYNC | O_SYNC | O_DIRECT | O_NOATIME |      \
	 O_LARGEFILE)
#define SET_FLAGS (O_APPEND | O_NONBLOCK | O_DIRECT | O_NOATIME)

/* The path to open: names below OWN_PROC lead to this process. */
static const char *path_of(const struct saved_files *x,
			   const struct saved_file *f, char buf[4200])
{
	const char *name = saved_files_name(x, f->name);

	if (strncmp(name, OWN_TASK, strlen(OWN_TASK)) != 0)
		return name;
	snprintf(buf, 4200, "/proc/self/task/%d/%s", core.pid,
		 name + strlen(OWN_TASK));
	return buf;
}

static int writes(const struct saved_file *f)
{
	return (f->flags & O_ACCMODE) != O_RDONLY;
}

static int flags_of(const struct saved_file *f)
{
	uint32_t flags = f->flags & FILE_FLAGS;

	if (f->kind == FILE_PATH)
		flags = O_PATH | O_NOFOLLOW;
	if (f->kind == FILE_FIFO) /* do not wait for the other end */
		flags = O_RDWR;
	if (f->kind == FILE_DIRECTORY ||
	    (f->kind == FILE_PATH && f->flags & O_DIRECTORY))
		flags |= O_DIRECTORY;
	return (int)flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
}

/* Is the file that was opened of the kind that it was? */
static int is_kind(const struct saved_file *f, const struct stat *st)
{
	switch (f->kind) {
	case FILE_REGULAR:
		return S_ISREG(st->st_mode);
	case FILE_DIRECTORY:
		return S_ISDIR(st->st_mode);
	case FILE_DEVICE:
		return S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode);
	case FILE_FIFO:
		return S_ISFIFO(st->st_mode);
	default:
		return 1;
	}
}

int file_open_named(const struct saved_files *x, const struct saved_file *f,
		    char *err, size_t len)
{
	char buf[4200];
	const char *path = path_of(x, f, buf);
	int fd = open(path, flags_of(f)), rc = fd < 0 ? -errno : 0, n = 0;
	struct stat st;

	if (rc < 0)
		return image_fail(rc, err, len,
				  "%.4000s: %s: the program had "
				  "it open: put it back",
				  path, strerror(-rc));
	if (fstat(fd, &st) < 0 || !is_kind(f, &st))
		rc = image_fail(-EINVAL, err, len,
				"%.4000s: is something else "
				"than at the checkpoint: put it back",
				path);
	else if (st.st_uid != f->uid && st.st_uid && st.st_uid != geteuid())
		rc = image_fail(-EPERM, err, len,
				"%.4000s: belongs to another "
				"user than at the checkpoint: put it back",
				path);
	else if (f->kind == FILE_REGULAR && !writes(f) &&
		 (uint64_t)st.st_size < f->size)
		rc = image_fail(-EINVAL, err, len,
				"%.4000s: is shorter than "
				"at the checkpoint: put it back",
				path);
	else if (f->kind == FILE_FIFO && ioctl(fd, FIONREAD, &n) == 0 && n)
		rc = image_fail(-EBUSY, err, len,
				"%.4000s: another process "
				"has written to it: read that first",
				path);
	if (!rc)
		return fd;
	close(fd);
	return rc;
}

static int is_named(const struct saved_file *f)
{
	return f->kind == FILE_REGULAR || f->kind == FILE_DEVICE ||
	       f->kind == FILE_DIRECTORY || f->kind == FILE_PATH ||
	       f->kind == FILE_FIFO;
}

int file_open_check(const struct saved_files *x, const struct saved_file *f,
		    char *err, size_t errlen)
{
	int fd;

	if (!is_named(f) || f->inherited)
		return 0;
	fd = file_open_named(x, f, err, errlen);
	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

/* What the program appended after the checkpoint it will append again, so it is
 * cut off. A file that is shorter now is only told of: the program may have
 * begun it anew. */
static int rewind_to(const struct saved_files *x, const struct saved_file *f,
		     int fd)
{
	struct stat st;

	if (f->kind == FILE_REGULAR && writes(f) && fstat(fd, &st) == 0) {
		if ((uint64_t)st.st_size < f->size)
			lower_error("%s: %s: has %lld of the %llu bytes of the "
				    "checkpoint: the rest will read as zeros",
				    core.tool, saved_files_name(x, f->name),
				    (long long)st.st_size,
				    (unsigned long long)f->size);
		else if (f->flags & O_APPEND &&
			 (uint64_t)st.st_size > f->size &&
			 ftruncate(fd, (off_t)f->size) < 0)
			return -errno;
	}
	if (!f->offset)
		return 0;
	return lseek(fd, (off_t)f->offset, SEEK_SET) < 0 ? -errno : 0;
}

int file_set_flags(const struct saved_file *f, int fd)
{
	int now = fcntl(fd, F_GETFL), want;

	want = (now & ~SET_FLAGS) | (int)(f->flags & SET_FLAGS);
	if (now < 0)
		return -errno;
	return want != now && fcntl(fd, F_SETFL, want) < 0 ? -errno : 0;
}

int file_open_again(int fd, uint32_t flags)
{
	char link[64];
	int to;

	snprintf(link, sizeof(link), "/proc/thread-self/fd/%d", fd);
	to = open(link, (int)(flags & FILE_FLAGS & ~(uint32_t)O_DIRECT) |
				O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	return to < 0 ? -errno : to;
}

static int again(const struct saved_file *f, int from)
{
	int fd = file_open_again(from, f->flags), rc;

	if (fd < 0)
		return fd;
	rc = file_set_flags(f, fd);
	if (!rc && f->offset && lseek(fd, (off_t)f->offset, SEEK_SET) < 0)
		rc = -errno;
	if (!rc)
		return fd;
	close(fd);
	return rc;
}

static int open_by_name(const struct saved_files *x, const struct saved_file *f,
			char *err, size_t errlen)
{
	int fd = file_open_named(x, f, err, errlen), rc = 0;

	/* The program got this file from its launcher and cannot count on
	 * it. */
	if (fd < 0 && f->inherited) {
		lower_error("%s: descriptor %d, which the launcher had opened: "
			    "%s: /dev/null takes its place",
			    core.tool, f->fd, err);
		err[0] = 0;
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
		return fd < 0 ? -errno : fd;
	}
	if (fd < 0)
		return fd;
	if (f->kind != FILE_PATH)
		rc = file_set_flags(f, fd);
	if (!rc && f->kind != FILE_PATH)
		rc = rewind_to(x, f, fd);
	if (!rc)
		return fd;
	close(fd);
	return image_fail(rc, err, errlen, "%.4000s: %s",
			  saved_files_name(x, f->name), strerror(-rc));
}

static int open_counter(const struct saved_file *f)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK | f->std), rc;

	if (fd >= 0 && f->size &&
	    write(fd, &f->size, sizeof(f->size)) != sizeof(f->size)) {
		close(fd);
		return -EIO;
	}
	rc = fd < 0 ? -errno : file_set_flags(f, fd);
	return rc < 0 ? rc : fd;
}

/* The other end was the launcher's, which is gone: what is left is the end of a
 * pipe or socket that nobody writes to or reads. */
static int open_dead_end(const struct saved_files *x,
			 const struct saved_file *f)
{
	int two[2], mine = writes(f), rc;

	if (!strncmp(saved_files_name(x, f->name), "/dev/", 5))
		return open("/dev/null", O_RDWR | O_CLOEXEC);
	rc = !strncmp(saved_files_name(x, f->name), "socket:", 7) ?
		     socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, two) :
		     pipe2(two, O_CLOEXEC);
	if (rc < 0)
		return -errno;
	core_say("descriptor %d was the launcher's: its other end is gone",
		 f->fd);
	close(two[!mine]);
	return two[mine];
}

/* Opens a directory that is removed at once. */
static int open_gone_dir(void)
{
	const char *tmp = getenv("TMPDIR");
	char path[4200];
	int fd;

	snprintf(path, sizeof(path), "%.4000s/mana-XXXXXX",
		 tmp && *tmp ? tmp : "/tmp");
	if (!mkdtemp(path))
		return -errno;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	rmdir(path);
	return fd < 0 ? -errno : fd;
}

int reopen_gone_cwd(void)
{
	int fd = open_gone_dir(), rc = 0;

	if (fd < 0)
		return fd;
	if (fchdir(fd) < 0)
		rc = -errno;
	close(fd);
	return rc;
}

static int open_stream(const struct saved_file *f)
{
	int ref = streams_ref(f->std), fd;

	if (ref < 0)
		return open("/dev/null", O_RDWR | O_CLOEXEC);
	fd = again(f, ref);
	return fd < 0 ? fcntl(ref, F_DUPFD_CLOEXEC, 3) : fd;
}

int file_open(const struct saved_files *x, const struct saved_file *f,
	      char *err, size_t errlen)
{
	switch (f->kind) {
	case FILE_INODE:
		return again(f, inodes_fd_at(f->inode));
	case FILE_EVENT:
		return open_counter(f);
	case FILE_GONE_DIR:
		return open_gone_dir();
	case FILE_STREAM:
		return open_stream(f);
	case FILE_LAUNCHER:
		return open_dead_end(x, f);
	default:
		return open_by_name(x, f, err, errlen);
	}
}
