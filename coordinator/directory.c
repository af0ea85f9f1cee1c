/* SPDX-License-Identifier: MIT */
/* directory.c - the checkpoint directory, as the coordinator holds it */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "../client/rendezvous.h"
#include "../common/monotonic.h"
#include "directory.h"

#define RETRY_US 20000

static int same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static int still_named(const struct directory *d)
{
	struct stat held, named;

	return !fstat(d->fd, &held) && !stat(d->path, &named) &&
	       same(&held, &named);
}

static int still_locked(const struct directory *d)
{
	struct stat held, named;

	return !fstat(d->lock, &held) &&
	       !fstatat(d->fd, LOCK_FILE, &named, AT_SYMLINK_NOFOLLOW) &&
	       same(&held, &named);
}

/* 0, -EAGAIN: somebody else has it or has just replaced it, or -errno. */
static int take(struct directory *d, const char *path, char *err, size_t errlen)
{
	int rc;

	d->fd = rendezvous_dir(path, err, errlen);
	if (d->fd < 0)
		return d->fd;
	if (!realpath(path, d->path)) {
		rc = -errno;
		snprintf(err, errlen, "%s: %s", path, strerror(-rc));
		directory_close(d);
		return rc;
	}
	d->lock =
		rendezvous_lock(d->fd, d->path, LOCK_COORDINATOR, err, errlen);
	rc = d->lock < 0		       ? d->lock :
	     still_named(d) && still_locked(d) ? 0 :
						 -EAGAIN;
	if (rc)
		directory_close(d);
	return rc;
}

int directory_open(struct directory *d, const char *path, int wait_ms,
		   char *err, size_t errlen)
{
	int64_t deadline = monotonic_ms() + wait_ms;
	int rc;

	for (;;) {
		d->fd = d->lock = -1;
		rc = take(d, path, err, errlen);
		if (rc != -EAGAIN)
			return rc;
		if (monotonic_ms() >= deadline)
			break;
		usleep(RETRY_US);
	}
	snprintf(err, errlen,
		 "another coordinator uses %s: stop it, or "
		 "choose another --ckptdir",
		 path);
	return -EBUSY;
}

int directory_check(const struct directory *d, char *err, size_t errlen)
{
	if (!still_named(d))
		snprintf(err, errlen,
			 "checkpoint directory %s was removed or moved away",
			 d->path);
	else if (!still_locked(d))
		snprintf(err, errlen, "%s/" LOCK_FILE " was removed", d->path);
	else
		return 0;
	return -ESTALE;
}

void directory_close(struct directory *d)
{
	if (d->fd >= 0)
		close(d->fd);
	if (d->lock >= 0)
		close(d->lock);
	d->fd = d->lock = -1;
}
