/* SPDX-License-Identifier: MIT */
/* saved_files.h - what an image says of open files, checked */
#ifndef MANA_SAVED_FILES_H
#define MANA_SAVED_FILES_H

#include "../image/image.h"
#include "../lower-half/files.h"

struct saved_files {
	const struct saved_file *at; /* ascending */
	size_t n;
	const struct saved_lock *locks;
	size_t n_locks;
	const struct saved_inode *inodes;
	size_t n_inodes;
	const char *names;
	const char *pipes;
	uint64_t pipes_len;
};

/* 0, or -EINVAL: no writer wrote that. */
int saved_files_load(const struct image *img, struct saved_files *x);
/* Fills in the inodes alone, from sections that have been read. 0 or
 * -EINVAL. */
int saved_files_inodes(struct saved_files *x, const void *inodes,
		       uint64_t inodes_len, const void *names,
		       uint64_t names_len);
/* The file with that number, or NULL. */
const struct saved_file *saved_files_find(const struct saved_files *x, int fd);
/* The name of a file or an inode. */
static inline const char *saved_files_name(const struct saved_files *x,
					   uint32_t name)
{
	return x->names + name;
}

#endif
