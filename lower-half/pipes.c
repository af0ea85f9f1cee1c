/* SPDX-License-Identifier: MIT */
/* pipes.c - pipes that live within one process
 *
 * tee(2) copies what is in a pipe without taking it out, so a checkpoint leaves
 * the running program's pipes alone.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "pipes.h"

static int reads(const struct entry *e)
{
	return (e->flags & O_ACCMODE) != O_WRONLY;
}

static int writes(const struct entry *e)
{
	return (e->flags & O_ACCMODE) != O_RDONLY;
}

static int same_pipe(const struct entry *a, const struct entry *b)
{
	return a->dev == b->dev && a->ino == b->ino;
}

/* The first of the entries of e's pipe; they are side by side. */
static size_t first_of(const struct entries *all, const struct entry *e)
{
	size_t i = (size_t)(e - all->at);

	while (i > 0 && same_pipe(&all->at[i - 1], e))
		i--;
	return i;
}

/* Finds which ends of the pipe the process has: 1 for reading, 2 for
 * writing. */
static int ends_of(const struct entries *all, const struct entry *e)
{
	size_t i;
	int ends = 0;

	for (i = first_of(all, e);
	     i < all->n && same_pipe(&all->at[i], e) && ends != 3; i++)
		ends |= reads(&all->at[i]) | writes(&all->at[i]) << 1;
	return ends;
}

/* Is there nobody with the other end any more? */
static int is_alone(const struct entry *e)
{
	struct pollfd p = { .fd = e->fd };

	return poll(&p, 1, 0) > 0 && p.revents & (POLLHUP | POLLERR);
}

int pipes_kind(const struct entries *all, const struct entry *e,
	       struct saved_file *f, const char *name)
{
	int both = ends_of(all, e) == 3;

	f->kind = strncmp(name, "pipe:", 5) && e->nlink ? FILE_FIFO : FILE_PIPE;
	if (both || (f->kind == FILE_PIPE && is_alone(e)))
		return 0;
	return -EOPNOTSUPP;
}

const char *pipes_why(const struct entry *e)
{
	return S_ISFIFO(e->mode) ? "it leads to another process" : "";
}

/* Does this entry have the pipe's contents in the image? Of several that read
 * it is the lowest descriptor, of those that share an open file the first. */
static int has_contents(const struct entries *all, const struct entry *e)
{
	size_t i;

	if (!reads(e) || e->same_as >= 0)
		return 0;
	for (i = first_of(all, e); i < all->n && same_pipe(&all->at[i], e); i++)
		if (reads(&all->at[i]) && all->at[i].same_as < 0 &&
		    all->at[i].fd < e->fd)
			return 0;
	return 1;
}

void pipes_describe(const struct entries *all, const struct entry *e,
		    struct saved_file *f)
{
	int n = 0, most = fcntl(e->fd, F_GETPIPE_SZ);

	f->pipe = (e->ino * 0x9e3779b97f4a7c15UL) ^ e->dev;
	f->pipe_size = most < 0 ? 0 : (uint32_t)most;
	f->size = 0;
	if (has_contents(all, e) && ioctl(e->fd, FIONREAD, &n) == 0)
		f->size = (uint64_t)n;
}

/* There cannot be more pieces than bytes, and there is room for that many. */
static void *take_pieces(int fd, uint64_t size, uint64_t *len)
{
	uint64_t room = 0, at = 0, got = 0;
	struct pipe_piece *p;
	char *data = NULL;
	ssize_t n = 1;

	while (got < size && n > 0) {
		if (room < at + sizeof(*p) + size - got) {
			char *more = realloc(data, room = 2 * at + sizeof(*p) +
							  size - got);

			if (!more)
				break;
			data = more;
		}
		p = (void *)(data + at);
		n = read(fd, p->data, size - got);
		if (n <= 0)
			break;
		p->len = (uint32_t)n;
		got += (uint64_t)n;
		at += (sizeof(*p) + (uint64_t)n + 3) & ~3UL;
	}
	*len = at;
	if (got == size)
		return data;
	free(data);
	return NULL;
}

void *pipes_contents(const struct saved_file *f, uint64_t *len)
{
	int copy[2];
	void *data = NULL;

	if (pipe2(copy, O_CLOEXEC | O_NONBLOCK) < 0)
		return NULL;
	fcntl(copy[1], F_SETPIPE_SZ, (int)f->pipe_size);
	if (tee(f->fd, copy[1], f->size, SPLICE_F_NONBLOCK) == (ssize_t)f->size)
		data = take_pieces(copy[0], f->size, len);
	close(copy[0]);
	close(copy[1]);
	return data;
}
