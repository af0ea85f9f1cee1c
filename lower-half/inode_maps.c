/* SPDX-License-Identifier: MIT */
/* inode_maps.c - files that shared mappings lead to
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>
#include "inodes.h"

#define HOLES_MATTER (1UL << 20) /* smaller ones are simply read */
#define LARGEST	     (1UL << 42) /* a file of which only a part is mapped */

/* The directory that the file was in says whether it is in memory or on a
 * disk. */
static enum inode_kind kind_of_mapping(const char *name)
{
	char dir[IMAGE_PATH_MAX], *slash;
	struct statfs fs;

	if (!strncmp(name, "/dev/zero", 9))
		return INODE_PRIVATE;
	if (!strncmp(name, "/memfd:", 7))
		return INODE_SHMEM;
	snprintf(dir, sizeof(dir), "%s", name);
	slash = strrchr(dir, '/');
	if (slash)
		slash[slash == dir] = 0;
	if (statfs(dir, &fs) < 0 || fs.f_type == TMPFS_MAGIC)
		return INODE_SHMEM;
	return INODE_FILE;
}

struct inode *inodes_mapped(struct inodes *o, const char *dev,
			    unsigned long ino, const char *name,
			    struct names *names)
{
	struct inode *x;
	int64_t at;
	size_t i;

	for (i = 0; i < o->n; i++)
		if (o->at[i].map_ino == ino && !strcmp(o->at[i].map_dev, dev))
			return &o->at[i];
	x = inode_new(o);
	at = x ? inode_name(names, name) : -ENOMEM;
	if (at < 0)
		return NULL;
	x->saved.name = (uint32_t)at;
	x->saved.kind = kind_of_mapping(names->at + at);
	x->saved.mode = 0600;
	x->saved.uid = getuid();
	x->saved.gid = getgid();
	x->saved.seals = F_SEAL_SEAL;
	snprintf(x->map_dev, sizeof(x->map_dev), "%s", dev);
	x->map_ino = ino;
	o->n++;
	return inode_key(x, names) < 0 ? NULL : x;
}

/* To find holes the file is opened here: the program has no descriptor of it,
 * so it has no locks on it that closing ours could undo. */
static void find_holes(struct inode *x, const struct entries *all,
		       struct image_region *r)
{
	int fd = inode_reader(all, x->dev, x->ino);

	if (fd == NOT_OPEN && r->len >= HOLES_MATTER) {
		fd = open(r->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
		x->opened = fd >= 0;
	}
	x->fd = fd < 0 ? -1 : fd;
}

int inodes_named(struct inodes *o, const struct entries *all,
		 const struct map_line *m, struct image_region *r,
		 struct names *names)
{
	struct inode *x = NULL;
	struct stat st;
	int64_t at;
	size_t i;

	for (i = 0; i < o->n && !x; i++)
		if (o->at[i].map_ino == m->ino &&
		    !strcmp(names->at + o->at[i].saved.key, m->path))
			x = &o->at[i];
	if (!x && (stat(m->path, &st) < 0 || !S_ISREG(st.st_mode)))
		return 0; /* a device, or hidden: no more is known of it */
	if (!x) {
		x = inode_new(o);
		at = x ? names_add(names, m->path) : -ENOMEM;
		if (at < 0)
			return (int)at;
		o->n++;
		inode_stat(x, &st);
		x->saved.kind = INODE_NAMED;
		x->saved.name = x->saved.key = (uint32_t)at;
		x->map_ino = m->ino;
		find_holes(x, all, r);
	}
	r->data_fd = x->fd + 1;
	return 0;
}

/*
 * A program can come by more of a file than it has mapped even without a
 * descriptor: mremap(2) makes a mapping longer or, from an old size of 0,
 * another one. So that is done here as well: a second mapping of the last page
 * and all that follows shows where the file ends.
 */
static uint64_t find_end(const char *p, uint64_t len)
{
	int mem = open("/proc/thread-self/mem", O_RDONLY | O_CLOEXEC);
	uint64_t lo = PAGE,
		 hi = len; /* the byte at lo is there, the one at hi is not */
	char c;

	while (mem >= 0 && hi - lo > PAGE) {
		uint64_t mid = lo + page_down((hi - lo) / 2);

		if (pread(mem, &c, 1, (off_t)(p + mid)) == 1)
			lo = mid + PAGE;
		else
			hi = mid;
	}
	if (mem >= 0)
		close(mem);
	return lo;
}

static int map_rest(struct inodes *o, struct inode *x,
		    const struct image_region *last)
{
	void *at = (void *)(last->start + last->len - PAGE);
	uint64_t len = PAGE, most;
	char *p = MAP_FAILED;

	for (most = LARGEST; most > PAGE && p == MAP_FAILED; most /= 2)
		p = mremap(at, 0, most, MREMAP_MAYMOVE);
	if (p != MAP_FAILED) {
		len = find_end(p, 2 * most);
		munmap(p, 2 * most);
	}
	if (len <= PAGE)
		return 0;
	x->window = inode_window(o, len);
	x->window_len = len;
	x->window_from = last->offset + last->len - PAGE;
	x->saved.size = x->window_from + len;
	if (!x->window)
		return -ENOMEM;
	return mremap(at, 0, len, MREMAP_MAYMOVE | MREMAP_FIXED,
		      (void *)x->window) == MAP_FAILED ?
		       -errno :
		       0;
}

static const struct image_region *last_of(const struct regions *r,
					  const char *key)
{
	const struct image_region *last = NULL;
	size_t i;

	for (i = 0; i < r->n; i++)
		if (r->at[i].flags & REGION_UNLINKED &&
		    !strcmp(r->at[i].path, key) &&
		    (!last ||
		     r->at[i].offset + r->at[i].len > last->offset + last->len))
			last = &r->at[i];
	return last;
}

int inodes_extend(struct inodes *o, const struct regions *r,
		  const struct names *names)
{
	const struct image_region *last;
	size_t i;
	int rc = 0;

	for (i = 0; i < o->n && !rc; i++) {
		struct inode *x = &o->at[i];

		if (x->fd >= 0 || x->saved.kind == INODE_NAMED)
			continue;
		last = last_of(r, names->at + x->saved.key);
		rc = last ? map_rest(o, x, last) : 0;
	}
	return rc;
}
