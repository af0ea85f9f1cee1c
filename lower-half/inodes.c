/* SPDX-License-Identifier: MIT */
/* inodes.c - files without a name: one each, however many lead there
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>
#include "../common/array.h"
#include "inodes.h"

#define DELETED	    " (deleted)"
#define TMPFILE_BIT 020000000 /* of O_TMPFILE, without O_DIRECTORY */

struct inode *inode_new(struct inodes *o)
{
	struct inode *x;

	if (ARRAY_ROOM(o->at, o->n, o->cap) < 0)
		return NULL;
	x = &o->at[o->n];
	memset(x, 0, sizeof(*x));
	x->fd = -1;
	return x;
}

/* Keep the file's last name, without what the kernel appends to it. */
int64_t inode_name(struct names *names, const char *name)
{
	size_t n = strlen(name), d = strlen(DELETED);
	char copy[IMAGE_PATH_MAX];

	if (n > d && !strcmp(name + n - d, DELETED))
		n -= d;
	snprintf(copy, sizeof(copy), "%.*s", (int)n, name);
	return names_add(names, copy);
}

int inode_reader(const struct entries *all, uint64_t dev, uint64_t ino)
{
	size_t lo = 0, hi = all->n;
	int fd = NOT_OPEN;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		const struct entry *x = &all->at[mid];

		if (x->dev < dev || (x->dev == dev && x->ino < ino))
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < all->n && all->at[lo].dev == dev &&
	       all->at[lo].ino == ino && fd < 0;
	     lo++)
		fd = all->at[lo].flags & O_PATH || (all->at[lo].flags &
						    O_ACCMODE) == O_WRONLY ?
			     NOT_READABLE :
			     all->at[lo].fd;
	return fd;
}

/*
 * The file is read through the program's own descriptor, if one can read:
 * closing another one would take the process's POSIX locks off the file
 * (fcntl(2)), and opening one would break a lease.
 */
static int open_inode(struct inode *x, const struct entries *all,
		      const struct entry *e, int locked)
{
	char link[64];

	x->fd = inode_reader(all, e->dev, e->ino);
	if (x->fd >= 0)
		return 0;
	if (locked)
		return -EBUSY;
	snprintf(link, sizeof(link), "/proc/thread-self/fd/%d", e->fd);
	x->fd = open(link, O_RDONLY | O_CLOEXEC);
	x->opened = x->fd >= 0;
	return x->fd < 0 ? -errno : 0;
}

/* An address range that is free here and, most likely, in the next process. */
uint64_t inode_window(struct inodes *o, uint64_t len)
{
	uint64_t at;
	void *p;

	if (!o->next)
		o->next = WINDOW_BASE;
	for (at = o->next; len < WINDOW_END - at; at += 1UL << 40) {
		p = mmap((void *)at, len, PROT_NONE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE |
				 MAP_NORESERVE,
			 -1, 0);
		if (p != MAP_FAILED) {
			o->next = at + len + PAGE;
			return at;
		}
		if (errno != EEXIST)
			break;
	}
	return 0;
}

static int map_window(struct inodes *o, struct inode *x)
{
	uint64_t len = page_up(x->saved.size);

	if (!len)
		return 0;
	x->window = inode_window(o, len);
	x->window_len = len;
	if (!x->window)
		return -ENOMEM;
	return mmap((void *)x->window, len, PROT_READ, MAP_SHARED | MAP_FIXED,
		    x->fd, 0) == MAP_FAILED ?
		       -errno :
		       0;
}

void inode_stat(struct inode *x, const struct stat *st)
{
	x->dev = st->st_dev;
	x->ino = st->st_ino;
	x->saved.mode = st->st_mode & 07777;
	x->saved.uid = st->st_uid;
	x->saved.gid = st->st_gid;
	x->saved.size = (uint64_t)st->st_size;
}

static int describe(struct inode *x, const struct entry *e)
{
	struct statfs fs;
	struct stat st;
	int seals = fcntl(x->fd, F_GET_SEALS);

	if (fstat(x->fd, &st) < 0 || fstatfs(x->fd, &fs) < 0)
		return -errno;
	inode_stat(x, &st);
	x->saved.kind = fs.f_type == TMPFS_MAGIC ? INODE_SHMEM : INODE_FILE;
	x->saved.seals = seals < 0 ? 0 : (uint32_t)seals;
	x->saved.linkable = (e->flags & TMPFILE_BIT) != 0;
	snprintf(x->map_dev, sizeof(x->map_dev), "%02x:%02x", major(e->dev),
		 minor(e->dev));
	x->map_ino = e->ino;
	return 0;
}

int64_t inodes_add(struct inodes *o, const struct entries *all,
		   const struct entry *e, const char *name, int locked,
		   struct names *names, char *err, size_t errlen)
{
	struct inode *x;
	int64_t at;
	int rc;

	if (o->n && o->at[o->n - 1].dev == e->dev &&
	    o->at[o->n - 1].ino == e->ino)
		return (int64_t)o->n - 1;
	x = inode_new(o);
	at = x ? inode_name(names, name) : -ENOMEM;
	if (at < 0)
		return at;
	x->saved.name = (uint32_t)at;
	rc = open_inode(x, all, e, locked);
	if (rc < 0)
		return file_refuse(err, errlen, e->fd, name,
				   rc == -EBUSY ?
					   "a file without a name, locked and "
					   "open for writing only" :
					   "its contents cannot be read");
	o->n++; /* so that it is closed at the end */
	rc = describe(x, e);
	if (!rc)
		rc = map_window(o, x);
	return rc < 0 ? file_refuse(err, errlen, e->fd, name,
				    "its contents cannot be mapped") :
			(int64_t)o->n - 1;
}

int inode_key(struct inode *x, struct names *names)
{
	char host[65] = "", key[128];
	int64_t at;

	gethostname(host, sizeof(host) - 1);
	snprintf(key, sizeof(key), "%s %s %lu", host, x->map_dev, x->map_ino);
	at = names_add(names, key);
	x->saved.key = at < 0 ? 0 : (uint32_t)at;
	return at < 0 ? (int)at : 0;
}

/* The lines of /proc/self/maps ascend, and so do the windows: a window's line
 * does not come before line i. */
static size_t identify_line(struct inodes *o, size_t i, const char *line)
{
	unsigned long start, ino;
	char dev[16];

	if (sscanf(line, "%lx-%*x %*s %*x %15s %lu", &start, dev, &ino) != 3)
		return i;
	while (i < o->n && o->at[i].window < start)
		i++;
	if (i < o->n && o->at[i].window == start) {
		strcpy(o->at[i].map_dev, dev);
		o->at[i].map_ino = ino;
	}
	return i;
}

/* On btrfs and overlayfs, maps and fstat name a file differently, so the lines
 * of the windows say what each file is called in maps. */
int inodes_identify(struct inodes *o, struct names *names)
{
	FILE *f = o->n ? fopen("/proc/thread-self/maps", "re") : NULL;
	char *line = NULL;
	size_t cap = 0, i = 0;
	int rc = o->n && !f ? -errno : 0;

	while (f && getline(&line, &cap, f) > 0)
		i = identify_line(o, i, line);
	free(line);
	if (f)
		fclose(f);
	for (i = 0; i < o->n && !rc; i++)
		rc = inode_key(&o->at[i], names);
	return rc;
}

int inodes_regions(const struct inodes *o, const struct names *names,
		   struct regions *r)
{
	struct image_region x;
	size_t i;
	int rc = 0;

	for (i = 0; i < o->n && !rc; i++) {
		const struct inode *n = &o->at[i];

		if (!n->window)
			continue;
		x = (struct image_region){
			.start = n->window,
			.len = n->window_len,
			.offset = n->window_from,
			.prot = PROT_READ | PROT_WRITE,
			.flags = REGION_SHARED | REGION_FILE | REGION_UNLINKED |
				 REGION_CONTENTS,
			.path = names->at + n->saved.key,
			.data_fd = n->fd + 1,
			.shmem = n->saved.kind != INODE_FILE,
		};
		rc = regions_add(r, &x);
	}
	return rc;
}

void inodes_free(struct inodes *o)
{
	size_t i;

	for (i = 0; i < o->n; i++) {
		if (o->at[i].window)
			munmap((void *)o->at[i].window, o->at[i].window_len);
		if (o->at[i].opened)
			close(o->at[i].fd);
	}
	free(o->at);
	memset(o, 0, sizeof(*o));
}
