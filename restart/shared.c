/* SPDX-License-Identifier: MIT */
/* shared.c - memory that others may have mapped too: files
 *
 * One without a name is one of inodes.h. One in /dev/shm that is gone is made
 * again under its name, where others look for it; any other has to be there.
 * Such a directory is open to all: what is there has to be whose it was.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "inodes.h"
#include "shared.h"

#define SHM "/dev/shm/"

static int is_shm(const struct image_region *x)
{
	return !strncmp(x->path, SHM, strlen(SHM));
}

/* Makes the file at least that long; it may be longer, since another rank may
 * have made more of it. */
static int grow(int fd, uint64_t size)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if ((uint64_t)st.st_size >= size || !size)
		return 0;
	return fallocate(fd, 0, (off_t)(size - 1), 1) < 0 ? -errno : 0;
}

/* A name for a file that has none. -EEXIST: another rank was faster. */
static int give_name(int fd, const char *path)
{
	char self[40];

	snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	return linkat(AT_FDCWD, self, AT_FDCWD, path, AT_SYMLINK_FOLLOW) < 0 ?
		       -errno :
		       0;
}

/* Other ranks open it as soon as it has its name: it gets that last, when it is
 * as long as they need it. */
static int make_again(const struct image_region *x, const struct saved_inode *o)
{
	uint64_t size = o ? o->size : x->offset + x->len;
	int fd = open(SHM, O_RDWR | O_TMPFILE | O_CLOEXEC, 0600), rc;

	if (fd < 0)
		return -errno;
	rc = grow(fd, size);
	if (!rc && o && fchmod(fd, o->mode) < 0)
		rc = -errno;
	if (!rc)
		rc = give_name(fd, x->path);
	if (!rc)
		return fd;
	close(fd);
	return rc;
}

/* A file that the program only reads may be read-only here. A mapping that
 * cannot be written at the moment may have been made by a descriptor that can
 * write, so that is tried first. */
static int open_named(const struct image_region *x)
{
	int how = O_NONBLOCK | O_CLOEXEC | (is_shm(x) ? O_NOFOLLOW : 0);
	int fd = open(x->path, O_RDWR | how);

	if (fd < 0 && !(x->prot & PROT_WRITE) && errno != ENOENT)
		fd = open(x->path, O_RDONLY | how);
	return fd < 0 ? -errno : fd;
}

static int check(const struct image_region *x, const struct saved_inode *o,
		 int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	if (o && st.st_uid != o->uid && st.st_uid != geteuid())
		return -EPERM;
	return (uint64_t)st.st_size + 4096 > x->offset + x->len ? 0 : -ESPIPE;
}

int shared_open(const struct image_region *x)
{
	const struct saved_inode *o = inodes_find(x->path);
	int fd, rc, tries = 2;

	do {
		fd = open_named(x);
		if (fd == -ENOENT && !(x->flags & REGION_NODATA) && is_shm(x))
			fd = make_again(x, o);
	} while (fd == -EEXIST && tries--);
	if (fd < 0)
		return fd;
	rc = check(x, o, fd);
	if (!rc)
		return fd;
	close(fd);
	return rc;
}

void shared_clear(const struct image_region *x)
{
	/* The file's contents are later than the image, which does not store
	 * zeros: so they are removed first. */
	if (madvise((void *)x->start, x->len, MADV_REMOVE) < 0)
		memset((void *)x->start, 0, x->len);
}
