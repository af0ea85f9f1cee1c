/* SPDX-License-Identifier: MIT */
/* inodes.h - the files without a name that an image speaks of, made again
 *
 * Each is made once, for all ranks of this host (lower-half/inodes.h says why).
 */
#ifndef MANA_RESTART_INODES_H
#define MANA_RESTART_INODES_H

#include "../launch/pick.h"
#include "saved_files.h"

/*
 * Make them, or get them from the ranks that did; rank is ours. 0 or -errno and
 * a sentence.
 */
int inodes_make(const struct saved_files *x, const struct pick *p, int rank,
		char *err, size_t errlen);
/* A descriptor of the inode with that key; -1: there is none. */
int inodes_fd(const char *key);
/* A descriptor of the i-th inode. */
int inodes_fd_at(size_t i);
/* The inode with that key, of any kind, or NULL. */
const struct saved_inode *inodes_find(const char *key);
/* Returns what a sentence calls the file that path stands for. */
const char *inodes_title(const char *path);
/* Called when all ranks have opened and mapped theirs: sets modes and seals,
 * and closes our descriptors. */
void inodes_finish(void);

#endif
