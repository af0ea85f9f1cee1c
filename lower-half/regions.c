/* SPDX-License-Identifier: MIT */
/* regions.c - which memory of this process is the application's
 *
 * /proc/self/maps says what is mapped; upper memory is what lies in the arena
 * (but for the gate), what the hooks recorded outside it, and what nobody knows
 * of (own.h).
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "../common/array.h"
#include "../common/gate.h"
#include "../upper-half/vm.h"
#include "file_table.h"
#include "map_line.h"
#include "own.h"
#include "regions.h"

#define STRANGERS 256

void regions_free(struct regions *r)
{
	size_t i;

	for (i = 0; i < r->n; i++)
		free((char *)r->at[i].path);
	free(r->at);
}

int regions_add(struct regions *r, const struct image_region *x)
{
	char *path = NULL;

	if (ARRAY_ROOM(r->at, r->n, r->cap) < 0)
		return -ENOMEM;
	if (x->path && !(path = strdup(x->path)))
		return -ENOMEM;
	r->at[r->n] = *x;
	r->at[r->n++].path = path;
	return 0;
}

/* The part of x within [low, high), as a region of its own. */
static int regions_clip(struct regions *r, const struct image_region *whole,
			uint64_t low, uint64_t high)
{
	struct image_region x = *whole;
	uint64_t end = whole->start + whole->len;

	if (x.start < low)
		x.start = low;
	if (end > high)
		end = high;
	if (x.start >= end)
		return 0;
	x.len = end - x.start;
	x.offset += x.start - whole->start;
	return regions_add(r, &x);
}

static int overlaps(const struct map_line *m, uint64_t start, uint64_t end)
{
	return m->start < end && m->end > start;
}

/* Does any part of the line belong to the application? */
static int is_upper(const struct map_line *m, const struct range *strange,
		    int n)
{
	struct range x;
	size_t i;

	if (overlaps(m, ARENA_BASE + GATE_SIZE, ARENA_END))
		return 1;
	for (i = 0; vm_extra(i, &x); i++)
		if (overlaps(m, x.start, x.end))
			return 1;
	for (; n > 0; n--, strange++)
		if (overlaps(m, strange->start, strange->end))
			return 1;
	return 0;
}

static int refuse(const struct map_line *m, const char *why, char *err,
		  size_t len)
{
	char *p;

	snprintf(err, len,
		 "memory at %#lx (%.200s: %s) cannot be saved yet: "
		 "the checkpoint is possible once it is unmapped",
		 m->start, m->path, why);
	for (p = err; *p; p++)
		if (iscntrl((unsigned char)*p))
			*p = '?';
	return 1;
}

int regions_refuse(char *err, size_t errlen)
{
	struct range strange[STRANGERS];
	int n = own_strangers(strange, STRANGERS), found = 0, i;
	struct maps maps;
	struct map_line m;
	const char *why;

	if (maps_open(&maps) < 0) {
		snprintf(err, errlen, "/proc/self/maps: cannot be read");
		return 1;
	}
	while (!found && maps_next(&maps, &m)) {
		why = is_upper(&m, strange, n) ? map_problem(&m) : NULL;
		if (why)
			found = refuse(&m, why, err, errlen);
	}
	maps_close(&maps);
	for (i = 0; i < n && !found; i++)
		vm_account(strange[i].start, strange[i].end - strange[i].start);
	return found;
}

/* A shared mapping's contents may be stored elsewhere: note where, and how its
 * holes are found. */
static int describe_shared(struct map_line *m, struct image_region *x,
			   struct file_table *t)
{
	struct inode *o;

	if (map_removed(m)) {
		o = inodes_mapped(&t->inodes, m->dev, m->ino, m->path,
				  &t->names);
		if (!o)
			return -ENOMEM;
		x->flags |= REGION_UNLINKED;
		x->path = t->names.at + o->saved.key;
		x->shmem = o->saved.kind != INODE_FILE;
		if (o->fd >= 0)
			x->flags |= REGION_NODATA;
		else if (o->saved.size < x->offset + x->len)
			o->saved.size = x->offset + x->len;
		return 0;
	}
	x->path = m->path;
	if (!(x->prot & PROT_WRITE)) {
		x->flags |= REGION_NODATA;
		return 0;
	}
	return inodes_named(&t->inodes, &t->all, m, x, &t->names);
}

static int describe(struct map_line *m, struct image_region *x,
		    struct file_table *t)
{
	*x = (struct image_region){
		.start = m->start,
		.len = m->end - m->start,
		.prot = m->prot,
		.offset = m->ino ? m->offset : 0,
		.flags = m->shared ? REGION_SHARED : 0,
	};
	if (!m->ino || m->path[0] != '/')
		return 0;
	x->flags |= REGION_FILE;
	x->path = m->path;
	if (!m->shared) {
		if (!strncmp(m->path, "/dev/zero", 9))
			x->flags &= ~(uint32_t)REGION_FILE;
		return 0;
	}
	return describe_shared(m, x, t);
}

static int add_line(struct regions *r, const struct image_region *x)
{
	struct range extra;
	size_t i;
	int rc = regions_clip(r, x, ARENA_BASE + GATE_SIZE, ARENA_END);

	for (i = 0; !rc && vm_extra(i, &extra); i++)
		rc = regions_clip(r, x, extra.start, extra.end);
	return rc;
}

static int by_address(const void *a, const void *b)
{
	const struct image_region *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

int regions_read(struct regions *r, struct file_table *files)
{
	struct image_region x;
	struct map_line m;
	struct maps maps;
	int rc = maps_open(&maps);

	if (rc < 0)
		return rc;
	while (!rc && maps_next(&maps, &m)) {
		if (!is_upper(&m, NULL, 0))
			continue;
		rc = describe(&m, &x, files);
		if (!rc)
			rc = add_line(r, &x);
	}
	maps_close(&maps);
	if (!rc)
		rc = inodes_extend(&files->inodes, r, &files->names);
	if (!rc)
		rc = inodes_regions(&files->inodes, &files->names, r);
	if (!rc)
		qsort(r->at, r->n, sizeof(*r->at), by_address);
	return rc;
}
