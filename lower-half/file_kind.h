/* SPDX-License-Identifier: MIT */
/* file_kind.h - what a descriptor is, and whether that can be saved */
#ifndef MANA_FILE_KIND_H
#define MANA_FILE_KIND_H

#include <stddef.h>
#include <stdint.h>
#include "entries.h"
#include "files.h"

/*
 * Kind and name (of size bytes) of e. 0, or -EOPNOTSUPP and the sentence that
 * refuses the checkpoint; -ENOENT: it is not there any more.
 */
int file_kind(const struct entries *all, const struct entry *e,
	      struct saved_file *f, char *name, size_t size, char *err,
	      size_t errlen);
/* Makes the sentence that refuses descriptor fd, with what it is. Returns
 * -EOPNOTSUPP. */
int file_refuse(char *err, size_t len, int fd, const char *what,
		const char *why);
/* The name under which a file of that device and inode can be opened: path, or
 * another one in its directory. 0 or -errno. */
int file_find_name(char *path, size_t size, uint64_t dev, uint64_t ino);

#endif
