/* SPDX-License-Identifier: MIT */
/* reopen.h - the application's open files, out of an image */
#ifndef MANA_REOPEN_H
#define MANA_REOPEN_H

#include <stddef.h>
#include "saved_files.h"

/*
 * Occupy the numbers, before MPI takes any; the limit of open files is raised
 * for that. The n descriptors ours lead to are moved if they have one of them.
 * 0 or -errno with a sentence.
 */
int reopen_reserve(const struct saved_files *x, int *const *ours, size_t n,
		   char *err, size_t errlen);
/* What is to be opened by name is there, long enough, and not locked by others.
 * 0 or -errno with a sentence. */
int reopen_check(const struct saved_files *x, char *err, size_t errlen);
/* Open and put into place; the application's memory is there. 0 or -errno
 * with a sentence. */
int reopen_all(const struct saved_files *x, char *err, size_t errlen);
/* No more of ours leads to inodes: the locks on these. 0 or -errno. */
int reopen_lock_inodes(const struct saved_files *x, char *err, size_t errlen);
/* Its threads are there, and its signal handlers: who is told of input. */
void reopen_signals(const struct saved_files *x);
/* The current directory was removed: be in one that is. 0 or -errno. */
int reopen_gone_cwd(void);

#endif
