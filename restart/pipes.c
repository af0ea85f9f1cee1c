/* SPDX-License-Identifier: MIT */
/* pipes.c - pipes within the process, made and filled again
 *
 * Pipe by pipe, so that no more than two descriptors of ours are open. Each
 * open file of an end is opened by itself: they have flags of their own.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "../image/image_file.h"
#include "file_open.h"
#include "pipes.h"

static int is_pipe(const struct saved_file *f)
{
	return (f->kind == FILE_PIPE || f->kind == FILE_FIFO) && f->same_as < 0;
}

static int by_pipe(const void *a, const void *b)
{
	const struct saved_file *x = *(const struct saved_file *const *)a;
	const struct saved_file *y = *(const struct saved_file *const *)b;

	if (x->pipe != y->pipe)
		return x->pipe < y->pipe ? -1 : 1;
	return x->fd - y->fd;
}

static int write_piece(int fd, const struct pipe_piece *p)
{
	ssize_t n = write(fd, p->data, p->len);

	return n == (ssize_t)p->len ? 0 : n < 0 ? -errno : -EIO;
}

/* Writes the pipe's pieces. They are written one by one if the pipe keeps
 * writes apart or there are several. */
static int fill(const struct saved_files *x, const struct saved_file *f, int fd,
		int apart)
{
	const char *at = x->pipes + f->offset, *end = at + f->size;
	const struct pipe_piece *p = (const void *)at;
	int rc = 0;

	apart |= f->size && at + sizeof(*p) + ((p->len + 3UL) & ~3UL) < end;
	if (apart && fcntl(fd, F_SETFL, O_NONBLOCK | O_DIRECT) < 0)
		return -errno;
	for (; at < end && !rc; at += sizeof(*p) + ((p->len + 3UL) & ~3UL)) {
		p = (const void *)at;
		rc = write_piece(fd, p);
	}
	return rc;
}

/* Opens both ends of the pipe, by which it is filled and then opened again. */
static int open_ends(const struct saved_files *x, const struct saved_file *f,
		     int two[2])
{
	if (f->kind == FILE_PIPE)
		return pipe2(two, O_CLOEXEC | O_NONBLOCK) < 0 ? -errno : 0;
	two[0] = open(saved_files_name(x, f->name),
		      O_RDWR | O_CLOEXEC | O_NONBLOCK);
	two[1] = two[0] < 0 ? -1 : fcntl(two[0], F_DUPFD_CLOEXEC, 3);
	return two[1] < 0 ? -errno : 0;
}

static int put(const struct saved_file *f, int from)
{
	int fd = file_open_again(from, f->flags), rc;

	if (fd < 0)
		return fd;
	rc = file_set_flags(f, fd);
	if (!rc && dup2(fd, f->fd) < 0)
		rc = -errno;
	close(fd);
	return rc;
}

/* Restores the n open files of one pipe. */
static int restore(const struct saved_files *x,
		   const struct saved_file *const *f, size_t n)
{
	int two[2] = { -1, -1 }, rc = open_ends(x, f[0], two), apart = 0;
	size_t i;

	if (!rc && f[0]->pipe_size &&
	    fcntl(two[1], F_SETPIPE_SZ, (int)f[0]->pipe_size) < 0)
		rc = -errno;
	for (i = 0; i < n; i++)
		apart |= (f[i]->flags & O_DIRECT) != 0;
	for (i = 0; i < n && !rc; i++)
		rc = f[i]->size ? fill(x, f[i], two[1], apart) : 0;
	for (i = 0; i < n && !rc; i++)
		rc = put(f[i], two[(f[i]->flags & O_ACCMODE) != O_RDONLY]);
	close(two[0]);
	close(two[1]);
	return rc;
}

int pipes_restore(const struct saved_files *x, char *err, size_t errlen)
{
	const struct saved_file **f = calloc(x->n + 1, sizeof(*f));
	size_t n = 0, i, k;
	int rc = f ? 0 : -ENOMEM;

	for (i = 0; !rc && i < x->n; i++)
		if (is_pipe(&x->at[i]))
			f[n++] = &x->at[i];
	if (n)
		qsort(f, n, sizeof(*f), by_pipe);
	for (i = 0; i < n && !rc; i += k) {
		for (k = 1; i + k < n && f[i + k]->pipe == f[i]->pipe; k++)
			;
		rc = restore(x, f + i, k);
		if (rc < 0)
			image_fail(rc, err, errlen,
				   "descriptor %d (%.4000s): "
				   "cannot be made again: %s",
				   f[i]->fd, saved_files_name(x, f[i]->name),
				   strerror(-rc));
	}
	free(f);
	return rc;
}
