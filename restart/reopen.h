/* SPDX-License-Identifier: MIT */
/* reopen.h - the application's open files, out of an image */
#ifndef MANA_REOPEN_H
#define MANA_REOPEN_H

#include <stddef.h>
#include "saved_files.h"

/*
 * Occupies the numbers of the program's files before MPI takes any; the limit
 * of open files is raised for that. The n descriptors ours lead to are moved if
 * they have one of them. 0 or -errno with a sentence.
 */
int reopen_reserve(const struct saved_files *x, int *const *ours, size_t n,
		   char *err, size_t errlen);
/* Are the files that are to be opened by name there, and can the locks be had?
 * 0 or -errno with a sentence. */
int reopen_check(const struct saved_files *x, char *err, size_t errlen);
/* Opens all files under their numbers, when the application's memory is there.
 * 0 or -errno with a sentence. */
int reopen_all(const struct saved_files *x, char *err, size_t errlen);
/* Takes the locks on files without a name, when no descriptor of ours leads to
 * them any more. 0 or -errno. */
int reopen_lock_inodes(const struct saved_files *x, char *err, size_t errlen);
/* Sets who gets a signal when a file can be read; the threads and their signal
 * handlers are there. */
void reopen_signals(const struct saved_files *x);
/* The program's working directory was removed: makes one, removes it, and stays
 * in it. 0 or -errno. */
int reopen_gone_cwd(void);

#endif
