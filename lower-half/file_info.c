/* SPDX-License-Identifier: MIT */
/* file_info.c - what the kernel says of an open file: /proc/PID/fdinfo
 *
 * A file's locks are listed with the descriptor they were taken through, and
 * only if they are this process's or the open file's own.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "../common/array.h"
#include "file_info.h"

static int lock_add(struct lock_list *l, const struct saved_lock *lock)
{
	if (ARRAY_ROOM(l->at, l->n, l->cap) < 0)
		return -ENOMEM;
	l->at[l->n++] = *lock;
	return 0;
}

static int lock_kind(const char *name, const char *how)
{
	if (!strcmp(name, "POSIX") && !strcmp(how, "ADVISORY"))
		return LOCK_POSIX;
	if (!strcmp(name, "OFDLCK") && !strcmp(how, "ADVISORY"))
		return LOCK_OFD;
	if (!strcmp(name, "FLOCK") && !strcmp(how, "ADVISORY"))
		return LOCK_FLOCK;
	if (!strcmp(name, "LEASE") && !strcmp(how, "ACTIVE"))
		return LOCK_LEASE;
	return 0; /* a mandatory lock, or a lease being taken away */
}

/* "1: POSIX  ADVISORY  WRITE 4711 08:01:1234 0 EOF" */
static int lock_line(const char *line, int fd, struct lock_list *l)
{
	struct saved_lock lock = { .fd = fd };
	char name[16], how[16], mode[16], end[32];
	unsigned long long start;

	if (sscanf(line, "%*d: %15s %15s %15s %*d %*s %llu %31s", name, how,
		   mode, &start, end) != 5)
		return -EOPNOTSUPP;
	lock.kind = lock_kind(name, how);
	lock.type = !strcmp(mode, "READ")  ? F_RDLCK :
		    !strcmp(mode, "WRITE") ? F_WRLCK :
					     -1;
	if (!lock.kind || lock.type < 0)
		return -EOPNOTSUPP;
	lock.start = start;
	if (strcmp(end, "EOF") != 0)
		lock.len = strtoull(end, NULL, 10) - start + 1;
	return lock_add(l, &lock);
}

static int info_line(const char *line, int fd, struct file_info *info,
		     struct lock_list *locks)
{
	if (!strncmp(line, "pos:", 4))
		info->offset = strtoull(line + 4, NULL, 10);
	else if (!strncmp(line, "flags:", 6))
		info->flags = (uint32_t)strtoul(line + 6, NULL, 8);
	else if (!strncmp(line, "lock:", 5))
		return lock_line(line + 5, fd, locks);
	else if (!strncmp(line, "eventfd-count:", 14))
		info->count = strtoull(line + 14, NULL, 16);
	else if (!strncmp(line, "eventfd-semaphore:", 18))
		info->semaphore = atoi(line + 18);
	return 0;
}

/* All of a file of /proc, malloc'ed, with a NUL; or NULL and the error in
 * *e. */
static char *read_all(const char *path, int *e)
{
	size_t cap = 1024, at = 0;
	char *text = malloc(cap), *more;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : 1;

	*e = fd < 0 ? -errno : text ? 0 : -ENOMEM;
	while (n > 0 && *e == 0) {
		if (at + 1 == cap) {
			more = realloc(text, cap *= 2);
			text = more ? more : text;
			*e = more ? 0 : -ENOMEM;
		}
		n = *e ? 0 : read(fd, text + at, cap - at - 1);
		at += n > 0 ? (size_t)n : 0;
		*e = n < 0 ? -errno : *e;
	}
	if (fd >= 0)
		close(fd);
	if (*e == 0) {
		text[at] = 0;
		return text;
	}
	free(text);
	return NULL;
}

int file_info_read(int fd, struct file_info *info, struct lock_list *locks)
{
	char path[64], *text, *line, *next;
	int rc;

	memset(info, 0, sizeof(*info));
	snprintf(path, sizeof(path), "/proc/thread-self/fdinfo/%d", fd);
	text = read_all(path, &rc);
	for (line = text; !rc && line && *line; line = next) {
		next = strchrnul(line, '\n');
		if (*next)
			*next++ = 0;
		rc = info_line(line, fd, info, locks);
	}
	free(text);
	return rc;
}
