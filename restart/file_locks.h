/* SPDX-License-Identifier: MIT */
/* file_locks.h - locks and leases that the application had on files */
#ifndef MANA_FILE_LOCKS_H
#define MANA_FILE_LOCKS_H

#include <stddef.h>
#include "saved_files.h"

/* Makes sure that the locks can be had, but keeps none. 0 or -errno with a
 * sentence. */
int file_locks_check(const struct saved_files *x, char *err, size_t errlen);
/*
 * Takes the locks on files without a name (inodes), or all others. No
 * descriptor of ours may lead to these files any more: closing it would undo
 * them. 0 or -errno with a sentence.
 */
int file_locks_take(const struct saved_files *x, int inodes, char *err,
		    size_t errlen);

#endif
