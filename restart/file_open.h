/* SPDX-License-Identifier: MIT */
/* file_open.h - one of the application's files, opened again */
#ifndef MANA_FILE_OPEN_H
#define MANA_FILE_OPEN_H

#include <stddef.h>
#include "saved_files.h"

/* Can the file be opened by its name? 0, or -errno with a sentence; changes
 * nothing. */
int file_open_check(const struct saved_files *x, const struct saved_file *f,
		    char *err, size_t errlen);
/* Opens the file by its name, and does not change it in any way. A descriptor,
 * or -errno with a sentence. */
int file_open_named(const struct saved_files *x, const struct saved_file *f,
		    char *err, size_t errlen);
/*
 * Returns a descriptor with the offset and flags that f had, except O_ASYNC.
 * Pipes and the launcher's streams are not opened here. Or -errno, perhaps with
 * a sentence.
 */
int file_open(const struct saved_files *x, const struct saved_file *f,
	      char *err, size_t errlen);
/* Open the file that fd leads to once more, as flags say. Or -errno. */
int file_open_again(int fd, uint32_t flags);
/* Sets the flags that fcntl can set, as f had them, except O_ASYNC. 0 or
 * -errno. */
int file_set_flags(const struct saved_file *f, int fd);

#endif
