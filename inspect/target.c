/* SPDX-License-Identifier: MIT */
/* target.c - what the user has named: an image, a generation, a directory */
#define _GNU_SOURCE 1
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "../common/ckptdir.h"
#include "../common/last_part.h"
#include "../image/image_format.h"
#include "../restart/pick_image.h"
#include "target.h"

/* An image may lie anywhere and be anybody's: it is read, not run. */
static int open_image(struct target *t, const char *path, char *err,
		      size_t errlen)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		return image_fail(-errno, err, errlen, "%s: %s", path,
				  strerror(errno));
	snprintf(t->path, sizeof(t->path), "%s", path);
	return image_open(fd, t->path, &t->img, err, errlen);
}

static int open_rank(struct target *t, int rank, char *err, size_t errlen)
{
	if ((uint32_t)rank >= t->p.m.size)
		return image_fail(-ENOENT, err, errlen,
				  "%s: no rank %d: it has %u", t->p.path, rank,
				  t->p.m.size);
	snprintf(t->path, sizeof(t->path), "%s/%s", t->p.path,
		 t->p.m.images[rank].file);
	return pick_image(&t->p, (uint32_t)rank, NULL, &t->img, err, errlen);
}

/* The number of a directory that is a generation's, by its name and since it is
 * no checkpoint directory; 0: it is none. */
static uint64_t number_of(const char *real)
{
	char latest[IMAGE_PATH_MAX + 16];
	struct stat st;

	snprintf(latest, sizeof(latest), "%s/latest", real);
	return lstat(latest, &st) ? generation_number(last_part(real)) : 0;
}

static int open_generation(struct target *t, const char *path, int rank,
			   char *err, size_t errlen)
{
	char *real = realpath(path, NULL);
	uint64_t number;
	int rc;

	if (!real)
		return image_fail(-errno, err, errlen, "%s: %s", path,
				  strerror(errno));
	number = number_of(real);
	if (number) {
		*strrchr(real, '/') = 0;
		path = real[0] ? real : "/";
	}
	rc = pick_generation(path, number,
			     rank == TARGET_ALL ? PICK_ALL : PICK_ONE, &t->p,
			     err, errlen);
	free(real);
	return rc;
}

int target_open(struct target *t, const char *path, int rank, char *err,
		size_t errlen)
{
	struct stat st;
	int rc;

	memset(t, 0, sizeof(*t));
	t->p.gen = -1;
	if (stat(path, &st))
		return image_fail(-errno, err, errlen, "%s: %s", path,
				  strerror(errno));
	if (S_ISREG(st.st_mode))
		return open_image(t, path, err, errlen);
	if (!S_ISDIR(st.st_mode))
		return image_fail(-EINVAL, err, errlen,
				  "%s: neither an image nor a directory", path);
	rc = open_generation(t, path, rank, err, errlen);
	if (!rc && rank != TARGET_ALL)
		rc = open_rank(t, rank, err, errlen);
	if (rc)
		target_close(t);
	return rc;
}

void target_close(struct target *t)
{
	image_close(t->img);
	pick_free(&t->p);
	t->img = NULL;
}
