/* SPDX-License-Identifier: MIT */
/* shared.c - memory that others may have mapped too: files, and what was one
 *
 * A file that is gone is made again: under its own name in /dev/shm, where
 * others look for it, else under one of ours that all ranks of the job on this
 * host agree on; the latter goes when all have mapped it. A file that was
 * unlinked before the checkpoint has its inode in its path and so is gone.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>
#include "../coordinator/client.h"
#include "shared.h"

#define SHM "/dev/shm/"

static const char *own_name(const struct image_region *x, char name[64])
{
	char job[WIRE_NAME];

	client_job_key(job, sizeof(job));
	snprintf(name, 64, SHM ".mana-%016llx-%016llx",
		 (unsigned long long)XXH3_64bits(job, strlen(job)),
		 (unsigned long long)XXH3_64bits(x->path, strlen(x->path)));
	return name;
}

static int is_named_shm(const struct image_region *x)
{
	return !strncmp(x->path, SHM, strlen(SHM)) &&
	       !(x->flags & REGION_UNLINKED);
}

/* Never shorter than it is: another rank may have made more of it. */
static int grow(int fd, uint64_t size)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if ((uint64_t)st.st_size >= size)
		return 0;
	return fallocate(fd, 0, (off_t)(size - 4096), 4096) < 0 ? -errno : 0;
}

static int make_again(const struct image_region *x)
{
	char name[64];
	const char *path = is_named_shm(x) ? x->path : own_name(x, name);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600), e;

	if (fd < 0)
		return -errno;
	e = grow(fd, x->offset + x->len);
	if (e == 0)
		return fd;
	close(fd);
	return e;
}

int shared_open(const struct image_region *x)
{
	int how = x->prot & PROT_WRITE ? O_RDWR : O_RDONLY, fd = -1;
	struct stat st;

	if (!(x->flags & REGION_UNLINKED)) {
		fd = open(x->path, how | O_CLOEXEC);
		if (fd < 0 && errno != ENOENT)
			return -errno;
	}
	if (fd < 0)
		return x->flags & REGION_NODATA ? -ENOENT : make_again(x);
	if (fstat(fd, &st) == 0 &&
	    (uint64_t)st.st_size + 4096 > x->offset + x->len)
		return fd;
	close(fd);
	return -ESPIPE;
}

void shared_clear(const struct image_region *x)
{
	/* What the file has now is of a later time than the image, which does
	 * not store zeros. */
	if (madvise((void *)x->start, x->len, MADV_REMOVE) < 0)
		memset((void *)x->start, 0, x->len);
}

void shared_unname(const struct image *img)
{
	const struct image_region *x;
	char name[64];
	size_t n, i;

	x = image_regions(img, &n);
	for (i = 0; i < n; i++)
		if (region_has_file(&x[i]) && !is_named_shm(&x[i]))
			unlink(own_name(&x[i], name));
}
