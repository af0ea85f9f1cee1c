/* SPDX-License-Identifier: MIT */
/* durable.c - what a rename has put into a directory outlives a crash */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <linux/limits.h>
#include <stdio.h>
#include <unistd.h>
#include "durable.h"

int durable_parent(int at, const char *name)
{
	char copy[PATH_MAX + 128]; /* dirname(3) writes to it */
	int fd, rc = 0;

	snprintf(copy, sizeof(copy), "%s", name);
	fd = openat(at, dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fsync(fd) && errno != EINVAL)
		rc = -errno;
	close(fd);
	return rc;
}
