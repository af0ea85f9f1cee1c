/* SPDX-License-Identifier: MIT */
/* image_dir.c - the subdirectories of a generation (image_name.h) on disk */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "image_dir.h"
#include "trust.h"

DIR *image_dir_entries(int dir)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);

	if (fd >= 0 && !d)
		close(fd);
	return d;
}

int image_dirs_make(int gen, uint32_t size)
{
	uint32_t i, n = image_dirs(size);
	char name[WIRE_NAME];

	for (i = 0; i < n; i++)
		if (mkdirat(gen, image_dir_name(name, i), 0700))
			return -errno;
	return n && fsync(gen) && errno != EINVAL ? -errno : 0;
}

int image_dir_open(int gen, const char *shown, const char *name,
		   struct reason *why)
{
	const char *slash = strchr(name, '/');
	char path[WIRE_PATH + WIRE_NAME], dir[WIRE_NAME];

	if (!slash)
		return trust_dir(gen, ".", shown, why);
	snprintf(dir, sizeof(dir), "%.*s", (int)(slash - name), name);
	snprintf(path, sizeof(path), "%s/%s", shown, dir);
	return trust_dir(gen, dir, path, why);
}

/* Images of ranks from first to last. */
static int remove_images(int dir, int64_t first, int64_t last)
{
	DIR *d = image_dir_entries(dir);
	struct dirent *e;
	int64_t rank;

	if (!d)
		return -errno;
	while ((e = readdir(d))) {
		rank = image_rank_of(e->d_name);
		if (rank >= first && rank <= last)
			unlinkat(dir, e->d_name, 0);
	}
	closedir(d);
	return 0;
}

/* A link, or what another user has put there, is not ours, and stays. */
static int remove_dir(int gen, const char *name, int64_t number)
{
	int64_t first = number * IMAGES_PER_DIR;
	struct reason why;
	int fd = trust_dir(gen, name, name, &why), rc;

	if (fd < 0)
		return fd;
	rc = remove_images(fd, first, first + IMAGES_PER_DIR - 1);
	close(fd);
	if (!rc && unlinkat(gen, name, AT_REMOVEDIR))
		rc = -errno;
	return rc;
}

int image_dirs_empty(int gen)
{
	DIR *d = image_dir_entries(gen);
	struct dirent *e;
	int64_t number;
	int rc, failed = 0;

	if (!d)
		return -errno;
	while ((e = readdir(d))) {
		number = image_dir_of(e->d_name);
		if (number < 0)
			continue;
		rc = remove_dir(gen, e->d_name, number);
		if (rc)
			failed = rc;
	}
	closedir(d);
	rc = remove_images(gen, 0, INT64_MAX);
	return failed ? failed : rc;
}
