/* SPDX-License-Identifier: MIT */
/* regions.c - which memory of this process is the application's
 *
 * /proc/self/maps says what is mapped; upper memory is what lies in the arena
 * (but for the gate) and what the hooks recorded outside it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "../common/gate.h"
#include "../upper-half/vm.h"
#include "regions.h"

void regions_free(struct regions *r)
{
	size_t i;

	for (i = 0; i < r->n; i++)
		free((char *)r->at[i].path);
	free(r->at);
}

static int regions_add(struct regions *r, const struct image_region *x)
{
	if (r->n == r->cap) {
		size_t cap = r->cap ? 2 * r->cap : 256;
		void *p = realloc(r->at, cap * sizeof(*x));

		if (!p)
			return -ENOMEM;
		r->at = p;
		r->cap = cap;
	}
	r->at[r->n++] = *x;
	return 0;
}

/* The part of [start, end) within [low, high), as a region of its own. */
static int regions_clip(struct regions *r, const struct image_region *line,
			uint64_t low, uint64_t high, const char *path)
{
	struct image_region x = *line;
	uint64_t end = line->start + line->len;

	if (x.start < low)
		x.start = low;
	if (end > high)
		end = high;
	if (x.start >= end)
		return 0;
	x.len = end - x.start;
	x.offset += x.start - line->start;
	x.path = NULL;
	if (x.flags & REGION_FILE) {
		x.path = strdup(path);
		if (!x.path)
			return -ENOMEM;
	}
	return regions_add(r, &x);
}

#define DELETED " (deleted)"

/* A file without a name is told apart by its inode: others may have it too. */
static const char *unlinked(const char *path, const char *dev,
			    unsigned long inode)
{
	static char name[IMAGE_PATH_MAX];
	char host[65] = "";

	gethostname(host, sizeof(host) - 1);
	snprintf(name, sizeof(name), "%.3900s, %s %s:%lu", path, host, dev,
		 inode);
	return name;
}

static void maps_file(struct image_region *x, const char **path,
		      const char *dev, unsigned long inode)
{
	size_t n = strlen(*path), d = strlen(DELETED);
	int gone = n > d && !strcmp(*path + n - d, DELETED);

	if ((*path)[0] != '/' || !strcmp(*path, "/dev/zero" DELETED))
		return;
	x->flags |= REGION_FILE;
	if (!(x->flags & REGION_SHARED))
		return;
	if (gone) {
		x->flags |= REGION_UNLINKED;
		*path = unlinked(*path, dev, inode);
	} else if (!(x->prot & PROT_WRITE)) {
		x->flags |= REGION_NODATA;
	}
}

static int maps_line(char *line, struct image_region *x, const char **path)
{
	unsigned long start, end, off, inode;
	char perms[8], dev[16];
	int at = 0;
	size_t n;

	if (sscanf(line, "%lx-%lx %7s %lx %15s %lu %n", &start, &end, perms,
		   &off, dev, &inode, &at) < 6)
		return -EINVAL;
	*path = line + at;
	n = strlen(line);
	if (n && line[n - 1] == '\n')
		line[n - 1] = 0;
	memset(x, 0, sizeof(*x));
	x->start = start;
	x->len = end - start;
	x->prot = (perms[0] == 'r' ? PROT_READ : 0) |
		  (perms[1] == 'w' ? PROT_WRITE : 0) |
		  (perms[2] == 'x' ? PROT_EXEC : 0);
	x->offset = inode ? off : 0;
	if (perms[3] == 's')
		x->flags |= REGION_SHARED;
	if (inode)
		maps_file(x, path, dev, inode);
	return 0;
}

int regions_read(struct regions *r)
{
	FILE *f = fopen("/proc/thread-self/maps", "re");
	const char *path;
	char *line = NULL;
	size_t cap = 0, i;
	struct image_region x;
	struct range extra;
	int e = f ? 0 : -errno;

	while (e == 0 && getline(&line, &cap, f) > 0) {
		e = maps_line(line, &x, &path);
		if (e == 0)
			e = regions_clip(r, &x, ARENA_BASE + GATE_SIZE,
					 ARENA_END, path);
		for (i = 0; e == 0 && vm_extra(i, &extra); i++)
			e = regions_clip(r, &x, extra.start, extra.end, path);
	}
	free(line);
	if (f)
		fclose(f);
	return e;
}
