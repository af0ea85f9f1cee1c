/* SPDX-License-Identifier: MIT */
/* saved_files.c - what an image says of open files, checked
 *
 * The sums were right; all the same nothing is believed that could lead outside
 * of the tables.
 */
#include <errno.h>
#include <string.h>
#include "../lower-half/names.h"
#include "saved_files.h"

#define NUMBER_MAX (1 << 28)

static const void *section(const struct image *img, const char *name,
			   size_t size, size_t *n, int *bad)
{
	uint64_t len = 0;
	const void *p = image_section(img, name, &len);

	*bad |= len % size != 0;
	*n = len / size;
	return p;
}

static int pipe_ok(const struct saved_files *x, const struct saved_file *f)
{
	struct pipe_piece piece;
	uint64_t at = f->offset, end = f->offset + f->size;

	if (f->offset > x->pipes_len || f->size > x->pipes_len - f->offset ||
	    f->offset % 4)
		return 0;
	while (at < end) {
		if (end - at < sizeof(piece))
			return 0;
		memcpy(&piece, x->pipes + at, sizeof(piece));
		at += sizeof(piece);
		if (piece.len > end - at)
			return 0;
		at += (piece.len + 3UL) & ~3UL;
	}
	return at <= x->pipes_len;
}

static int file_ok(const struct saved_files *x, size_t i, uint64_t names_len)
{
	const struct saved_file *f = &x->at[i];
	const struct saved_file *same;

	if (f->fd < 0 || f->fd >= NUMBER_MAX || f->kind < FILE_STD ||
	    f->kind > FILE_EVENT || (i && f[-1].fd >= f->fd) ||
	    !names_valid(x->names, names_len, f->name))
		return 0;
	if ((f->kind == FILE_STD || f->kind == FILE_STREAM) &&
	    (f->std < 0 || f->std > 2))
		return 0;
	if (f->same_as >= 0) {
		same = saved_files_find(x, f->same_as);
		return same && same < f && same->same_as < 0;
	}
	if (f->kind == FILE_INODE)
		return f->inode < x->n_inodes;
	return (f->kind != FILE_PIPE && f->kind != FILE_FIFO) || pipe_ok(x, f);
}

static int inodes_ok(const struct saved_files *x, uint64_t names_len)
{
	size_t i;

	for (i = 0; i < x->n_inodes; i++) {
		const struct saved_inode *o = &x->inodes[i];

		if (o->kind < INODE_FILE || o->kind > INODE_NAMED ||
		    o->size > INT64_MAX ||
		    !names_valid(x->names, names_len, o->key) ||
		    !names_valid(x->names, names_len, o->name))
			return 0;
	}
	return 1;
}

int saved_files_inodes(struct saved_files *x, const void *inodes,
		       uint64_t inodes_len, const void *names,
		       uint64_t names_len)
{
	memset(x, 0, sizeof(*x));
	x->inodes = inodes;
	x->n_inodes = inodes_len / sizeof(*x->inodes);
	x->names = names;
	return inodes_len % sizeof(*x->inodes) || !inodes_ok(x, names_len) ?
		       -EINVAL :
		       0;
}

int saved_files_load(const struct image *img, struct saved_files *x)
{
	size_t i, names_len, pipes_len;
	int bad = 0;

	x->at = section(img, FD_SECTION, sizeof(*x->at), &x->n, &bad);
	x->locks = section(img, LOCK_SECTION, sizeof(*x->locks), &x->n_locks,
			   &bad);
	x->inodes = section(img, INODE_SECTION, sizeof(*x->inodes),
			    &x->n_inodes, &bad);
	x->names = section(img, NAME_SECTION, 1, &names_len, &bad);
	x->pipes = section(img, PIPE_SECTION, 1, &pipes_len, &bad);
	x->pipes_len = pipes_len;
	if (bad || !inodes_ok(x, names_len))
		return -EINVAL;
	for (i = 0; i < x->n; i++)
		if (!file_ok(x, i, names_len))
			return -EINVAL;
	for (i = 0; i < x->n_locks; i++)
		if (!saved_files_find(x, x->locks[i].fd))
			return -EINVAL;
	return 0;
}

const struct saved_file *saved_files_find(const struct saved_files *x, int fd)
{
	size_t lo = 0, hi = x->n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (x->at[mid].fd < fd)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < x->n && x->at[lo].fd == fd ? &x->at[lo] : NULL;
}
