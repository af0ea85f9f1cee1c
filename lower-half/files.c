/* SPDX-License-Identifier: MIT */
/* files.c - the application's open files, into an image and out of one
 *
 * kcmp(2) tells which descriptors share one open file and which are still the
 * launcher's own streams; the latter follow the new launcher at restart.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "../upper-half/fd.h"
#include "core.h"
#include "files.h"
#include "half.h"
#include "pipes.h"

static int std_ref[3] = { -1, -1, -1 };

int files_init(void)
{
	struct rlimit l;
	int i, from = 100;

	/* Out of the application's way, as far as the limit lets us. */
	if (getrlimit(RLIMIT_NOFILE, &l) == 0 && l.rlim_cur < 104)
		from = l.rlim_cur > 7 ? (int)l.rlim_cur - 4 : 3;
	for (i = 0; i < 3; i++) {
		std_ref[i] = fcntl(i, F_DUPFD_CLOEXEC, from);
		if (std_ref[i] < 0 && errno != EBADF)
			return -errno;
	}
	return 0;
}

static int same_file(int a, int b)
{
	pid_t p = getpid();

	return syscall(SYS_kcmp, p, p, KCMP_FILE, a, b) == 0;
}

static const char *const launcher_fds[] = { "PMI_FD", "HYDI_CONTROL_FD" };

static int launchers_own(int fd)
{
	size_t i;

	for (i = 0; i < sizeof(launcher_fds) / sizeof(launcher_fds[0]); i++) {
		const char *v = getenv(launcher_fds[i]);

		if (v && atoi(v) == fd)
			return 1;
	}
	return 0;
}

void files_inherit(void)
{
	DIR *d = opendir("/proc/thread-self/fd");
	struct dirent *e;
	int fd, flags, i;

	for (i = 0; i < 3; i++)
		fd_protect(std_ref[i]);
	while (d && (e = readdir(d))) {
		fd = atoi(e->d_name);
		flags = fcntl(fd, F_GETFD);
		if (e->d_name[0] == '.' || flags < 0 || flags & FD_CLOEXEC ||
		    launchers_own(fd))
			continue;
		fd_own(fd, FD_INHERITED);
	}
	if (d)
		closedir(d);
}

static int std_of(int fd)
{
	int i;

	for (i = 0; i < 3; i++)
		if (std_ref[i] >= 0 && same_file(fd, std_ref[i]))
			return i;
	return -1;
}

static int refuse(char *err, size_t len, int fd, const char *path)
{
	snprintf(err, len,
		 "descriptor %d (%.200s) cannot be saved yet: the checkpoint "
		 "is possible once it is closed",
		 fd, path);
	return -EOPNOTSUPP;
}

static int describe(int fd, struct saved_file *f, char *err, size_t len)
{
	char link[64];
	struct stat st;
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/thread-self/fd/%d", fd);
	n = readlink(link, f->path, sizeof(f->path) - 1);
	if (n < 0 || fstat(fd, &st) < 0)
		return -ENOENT; /* closed meanwhile */
	f->path[n] = 0;
	f->fd = fd;
	f->flags = fcntl(fd, F_GETFL);
	f->cloexec = fcntl(fd, F_GETFD) & FD_CLOEXEC;
	f->offset = (uint64_t)lseek(fd, 0, SEEK_CUR);
	f->size = (uint64_t)st.st_size;
	f->std = std_of(fd);
	if (f->std >= 0) {
		f->kind = FILE_STD;
		return 0;
	}
	if (fd_owner(fd) == FD_INHERITED)
		f->std = FILE_INHERITED;
	if (S_ISREG(st.st_mode))
		f->kind = st.st_nlink ? FILE_REGULAR : FILE_UNLINKED;
	else if (S_ISCHR(st.st_mode))
		f->kind = FILE_DEVICE;
	else if (S_ISDIR(st.st_mode))
		f->kind = FILE_DIRECTORY;
	else if (fd_owner(fd) == FD_INHERITED)
		return -ENOENT; /* a pipe of the launcher: stays behind */
	else if (pipes_describe(f) < 0)
		return refuse(err, len, fd, f->path);
	return 0;
}

struct saved_file *files_save(size_t *n, char *err, size_t errlen)
{
	int fd, limit = fd_limit(), r;
	struct saved_file *f = NULL, *p;
	size_t cap = 0, i;

	*n = 0;
	for (fd = 0; fd < limit; fd++) {
		if (!fd_owner(fd))
			continue;
		if (*n == cap) {
			cap = cap ? 2 * cap : 16;
			p = realloc(f, cap * sizeof(*f));
			if (!p)
				goto fail;
			f = p;
		}
		memset(&f[*n], 0, sizeof(*f));
		r = describe(fd, &f[*n], err, errlen);
		if (r == -ENOENT)
			continue;
		if (r < 0)
			goto fail;
		f[*n].same_as = -1;
		for (i = 0; i < *n && f[*n].kind != FILE_STD; i++)
			if (same_file(fd, f[i].fd)) {
				f[*n].same_as = f[i].fd;
				break;
			}
		(*n)++;
	}
	return f ? f : calloc(1, sizeof(*f));
fail:
	free(f);
	return NULL;
}

static int move_away(int fd, const struct saved_file *f, size_t n, int cmd)
{
	int top = -1, hit = 0, to;
	size_t i;

	for (i = 0; i < n; i++) {
		hit |= f[i].fd == fd;
		if (f[i].fd > top)
			top = f[i].fd;
	}
	if (!hit || fd < 0)
		return fd;
	to = fcntl(fd, cmd, top + 1);
	if (to >= 0)
		close(fd);
	return to < 0 ? fd : to;
}

int files_move_away(int fd, const struct saved_file *f, size_t n)
{
	return move_away(fd, f, n, F_DUPFD_CLOEXEC);
}

/* The launcher's connection has the number it chose this time. */
static void move_launchers(const struct saved_file *f, size_t n)
{
	char number[16];
	size_t i;

	for (i = 0; i < sizeof(launcher_fds) / sizeof(launcher_fds[0]); i++) {
		const char *v = getenv(launcher_fds[i]);
		int fd = v ? atoi(v) : -1, to = move_away(fd, f, n, F_DUPFD);

		if (to == fd)
			continue;
		snprintf(number, sizeof(number), "%d", to);
		setenv(launcher_fds[i], number, 1);
	}
}

int files_reserve(const struct saved_file *f, size_t n)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	size_t i;

	for (i = 0; i < 3; i++)
		std_ref[i] = files_move_away(std_ref[i], f, n);
	move_launchers(f, n);
	fd = files_move_away(fd, f, n);
	if (fd < 0)
		return -errno;
	for (i = 0; i < n; i++)
		if (f[i].fd > 2 && fcntl(f[i].fd, F_GETFD) < 0 &&
		    dup3(fd, f[i].fd, O_CLOEXEC) < 0)
			return -errno;
	close(fd);
	return 0;
}

static int fail(char *err, size_t len, const struct saved_file *f,
		const char *why, int e)
{
	snprintf(err, len, "%.4000s: %s", f->path, why);
	return e;
}

static int writes(const struct saved_file *f)
{
	return (f->flags & O_ACCMODE) != O_RDONLY;
}

/* By its name, and not yet changed in any way. */
static int reopen(const struct saved_file *f, char *err, size_t len)
{
	int flags = f->flags & ~(O_CREAT | O_EXCL | O_TRUNC);
	int fd = open(f->path, flags | O_CLOEXEC), e;
	struct stat st;

	if (fd < 0) {
		e = -errno;
		snprintf(err, len, "%.4000s: %s: the program had it open: put "
			 "it back", f->path, strerror(-e));
		return e;
	}
	if (f->kind == FILE_REGULAR && !writes(f) && fstat(fd, &st) == 0 &&
	    (uint64_t)st.st_size < f->size) {
		close(fd);
		return fail(err, len, f,
			    "is shorter than at the checkpoint: put it back",
			    -EINVAL);
	}
	return fd;
}

int files_check(const struct saved_file *f, size_t n, char *err,
		size_t errlen)
{
	int fd;

	for (; n; f++, n--) {
		if ((f->kind != FILE_REGULAR && f->kind != FILE_DIRECTORY) ||
		    f->same_as >= 0 || f->std == FILE_INHERITED)
			continue;
		fd = reopen(f, err, errlen);
		if (fd < 0)
			return fd;
		close(fd);
	}
	return 0;
}

/* What was appended after the checkpoint comes again. What has gone since from
 * a file that is only written does not: the program may have begun it anew. */
static int rewind_to(const struct saved_file *f, int fd)
{
	struct stat st;

	if (f->kind == FILE_REGULAR && writes(f) && fstat(fd, &st) == 0) {
		if ((uint64_t)st.st_size < f->size)
			half_error("%s: %s: has %lld of the %llu bytes of the "
				   "checkpoint: the rest will read as zeros",
				   core.tool, f->path, (long long)st.st_size,
				   (unsigned long long)f->size);
		else if (f->flags & O_APPEND &&
			 ftruncate(fd, (off_t)f->size) < 0)
			return -errno;
	}
	return lseek(fd, (off_t)f->offset, SEEK_SET) < 0 ? -errno : 0;
}

static int open_named(const struct saved_file *f, char *err, size_t len)
{
	int fd = reopen(f, err, len);
	int e = fd < 0 || f->kind == FILE_DEVICE ? 0 : rewind_to(f, fd);

	if (e == 0)
		return fd;
	close(fd);
	return fail(err, len, f, strerror(-e), e);
}

void files_section(const struct saved_file *f, char name[32])
{
	snprintf(name, 32, "file-%d", f->fd);
}

void *files_contents(const struct saved_file *f, char *err, size_t errlen)
{
	char *p, link[64];
	uint64_t at = 0;
	ssize_t got;
	int fd;

	if (f->kind == FILE_PIPE) {
		p = pipes_contents(f);
		if (!p)
			fail(err, errlen, f, "pipe cannot be read", 0);
		return p;
	}
	p = malloc(f->size ? f->size : 1);
	/* A descriptor of our own: the application's may be write-only. */
	snprintf(link, sizeof(link), "/proc/thread-self/fd/%d", f->fd);
	fd = open(link, O_RDONLY | O_CLOEXEC);
	while (p && fd >= 0 && at < f->size) {
		got = pread(fd, p + at, f->size - at, (off_t)at);
		if (got <= 0)
			break;
		at += (uint64_t)got;
	}
	if (fd >= 0)
		close(fd);
	if (!p || fd < 0 || at < f->size) {
		free(p);
		fail(err, errlen, f, "unlinked file cannot be read", 0);
		return NULL;
	}
	return p;
}

/* A new file without a name, where the old one was or in /tmp. */
static int remake(const struct saved_file *f, const struct image *img,
		  char *err, size_t errlen)
{
	char name[32], dir[4096], *slash;
	const char *data;
	uint64_t len = 0, at = 0;
	ssize_t put = 1;
	int fd;

	files_section(f, name);
	data = image_section(img, name, &len);
	snprintf(dir, sizeof(dir), "%s", f->path);
	slash = strrchr(dir, '/');
	if (slash && slash > dir)
		*slash = 0;
	fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0)
		fd = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0)
		return fail(err, errlen, f, strerror(errno), -errno);
	while (data && at < len && put > 0) {
		put = write(fd, data + at, len - at);
		at += put > 0 ? (uint64_t)put : 0;
	}
	if (at < f->size || lseek(fd, (off_t)f->offset, SEEK_SET) < 0) {
		close(fd);
		return fail(err, errlen, f, "cannot be made again", -EIO);
	}
	return fd;
}

static int open_again(const struct saved_file *f, const struct image *img,
		      char *err, size_t errlen)
{
	uint64_t len = 0;
	const void *data;
	char name[32];
	int fd;

	if (f->kind == FILE_UNLINKED)
		return remake(f, img, err, errlen);
	if (f->kind != FILE_PIPE && f->kind != FILE_EVENT) {
		fd = open_named(f, err, errlen);
		/* A terminal of another login, say: the program got it from
		 * its launcher and cannot count on it. */
		if (fd < 0 && f->std == FILE_INHERITED)
			fd = open("/dev/null", O_RDWR | O_CLOEXEC);
		return fd;
	}
	files_section(f, name);
	data = image_section(img, name, &len);
	fd = pipes_open(f, data, data ? len : 0);
	return fd < 0 ? fail(err, errlen, f, strerror(-fd), fd) : fd;
}

static int restore_one(const struct saved_file *f, const struct image *img,
		       char *err, size_t len)
{
	int from, opened = -1;

	if (f->kind == FILE_STD) {
		if (f->std < 0 || f->std > 2 || std_ref[f->std] < 0)
			return 0; /* the new launcher has none */
		from = std_ref[f->std];
	} else if (f->same_as >= 0) {
		from = f->same_as;
	} else {
		from = opened = open_again(f, img, err, len);
		if (opened < 0)
			return opened;
	}
	if (from != f->fd && dup2(from, f->fd) < 0)
		return fail(err, len, f, strerror(errno), -errno);
	if (opened >= 0 && opened != f->fd)
		close(opened);
	fcntl(f->fd, F_SETFD, f->cloexec);
	return 0;
}

int files_restore(const struct saved_file *f, size_t n,
		  const struct image *img, char *err, size_t errlen)
{
	size_t i;
	int r = 0;

	for (i = 0; i < n && r == 0; i++)
		r = restore_one(&f[i], img, err, errlen);
	for (i = 0; i < 3; i++)
		fd_protect(std_ref[i]);
	pipes_done();
	return r;
}
