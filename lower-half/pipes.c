/* SPDX-License-Identifier: MIT */
/* pipes.c - pipes and event counters that live within one process
 *
 * tee(2) copies what is in a pipe without taking it out, so a checkpoint leaves
 * the running program's pipes alone.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "../upper-half/fd.h"
#include "pipes.h"

#define PIPES_MAX 4096

static struct {
	uint64_t id;
	int end[2];
} made[PIPES_MAX];
static int n_made;

static int mode_of(int fd)
{
	return fcntl(fd, F_GETFL) & O_ACCMODE;
}

/* Has the application another descriptor for the other end? */
static int other_end(const struct saved_file *f, ino_t ino)
{
	int fd, want = (f->flags & O_ACCMODE) == O_RDONLY ? O_WRONLY : O_RDONLY;
	struct stat st;

	for (fd = 0; fd < fd_limit(); fd++)
		if (fd_owner(fd) && fstat(fd, &st) == 0 && st.st_ino == ino &&
		    S_ISFIFO(st.st_mode) && mode_of(fd) == want)
			return 1;
	return 0;
}

static int counter_read(struct saved_file *f)
{
	char path[64], line[128];
	FILE *in;
	int r = -EOPNOTSUPP;

	snprintf(path, sizeof(path), "/proc/thread-self/fdinfo/%d", f->fd);
	in = fopen(path, "re");
	while (in && fgets(line, sizeof(line), in)) {
		if (!strncmp(line, "eventfd-count:", 14)) {
			f->size = strtoull(line + 14, NULL, 16);
			r = 0;
		}
		if (!strncmp(line, "eventfd-semaphore:", 18) &&
		    atoi(line + 18))
			f->std = EFD_SEMAPHORE;
	}
	if (in)
		fclose(in);
	return r;
}

int pipes_describe(struct saved_file *f)
{
	struct stat st;
	int n = 0;

	if (!strcmp(f->path, "anon_inode:[eventfd]")) {
		f->kind = FILE_EVENT;
		f->std = 0;
		return counter_read(f);
	}
	if (fstat(f->fd, &st) < 0 || !S_ISFIFO(st.st_mode) ||
	    strncmp(f->path, "pipe:", 5) || !other_end(f, st.st_ino))
		return -EOPNOTSUPP;
	f->kind = FILE_PIPE;
	f->offset = st.st_ino;
	f->size = 0;
	if ((f->flags & O_ACCMODE) == O_RDONLY && !ioctl(f->fd, FIONREAD, &n))
		f->size = (uint64_t)n;
	return 0;
}

void *pipes_contents(const struct saved_file *f)
{
	char *data = malloc(f->size ? f->size : 1);
	int copy[2] = { -1, -1 };
	ssize_t n = 0;
	uint64_t at = 0;

	if (!data || pipe2(copy, O_CLOEXEC | O_NONBLOCK) < 0)
		goto fail;
	if (f->size > 65536)
		fcntl(copy[1], F_SETPIPE_SZ, (int)f->size + 65536);
	if (f->size)
		n = tee(f->fd, copy[1], f->size, SPLICE_F_NONBLOCK);
	while (n > 0 && at < f->size) {
		n = read(copy[0], data + at, f->size - at);
		at += n > 0 ? (uint64_t)n : 0;
	}
	close(copy[0]);
	close(copy[1]);
	if (at == f->size)
		return data;
fail:
	free(data);
	return NULL;
}

static int pipe_make(const struct saved_file *f)
{
	int i;

	for (i = 0; i < n_made; i++)
		if (made[i].id == f->offset)
			return i;
	if (n_made == PIPES_MAX)
		return -EMFILE;
	if (pipe2(made[i].end, O_CLOEXEC) < 0)
		return -errno;
	made[i].id = f->offset;
	return n_made++;
}

/* Once for each end that was open: the contents belong to the read end. */
static int pipe_fill(int i, const void *data, size_t len)
{
	if (!len)
		return 0;
	if (len > 65536)
		fcntl(made[i].end[1], F_SETPIPE_SZ, (int)len);
	return write(made[i].end[1], data, len) == (ssize_t)len ? 0 : -EIO;
}

int pipes_open(const struct saved_file *f, const void *data, size_t len)
{
	int i, fd, r, writes = (f->flags & O_ACCMODE) == O_WRONLY;

	if (f->kind == FILE_EVENT) {
		fd = eventfd(0, EFD_CLOEXEC | f->std);
		if (fd >= 0 && f->size &&
		    write(fd, &f->size, sizeof(f->size)) < 0) {
			close(fd);
			return -EIO;
		}
	} else {
		i = pipe_make(f);
		r = i < 0 ? i : pipe_fill(i, data, len);
		if (r < 0)
			return r;
		fd = fcntl(made[i].end[writes], F_DUPFD_CLOEXEC, 3);
	}
	if (fd >= 0)
		fcntl(fd, F_SETFL, f->flags & ~O_ACCMODE);
	return fd < 0 ? -errno : fd;
}

void pipes_done(void)
{
	while (n_made > 0) {
		n_made--;
		close(made[n_made].end[0]);
		close(made[n_made].end[1]);
	}
}
