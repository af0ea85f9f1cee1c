/* SPDX-License-Identifier: MIT */
/* file_kind.h - what a descriptor is, and whether that can be saved */
#ifndef MANA_FILE_KIND_H
#define MANA_FILE_KIND_H

#include <stddef.h>
#include <stdint.h>
#include "files.h"

/* A descriptor of the application, with what the search has found out about
 * it. */
struct entry {
	int fd;
	int same_as; /* the lowest one that shares its open file; -1: itself */
	int std;     /* a stream of the launcher's: 0, 1, 2; else -1 */
	int ref; /* 1: our own reference to that stream, not the program's */
	uint32_t mode, nlink, flags, uid;
	uint64_t dev, ino, rdev, size;
	size_t group;	  /* the first that shares its open file ... */
	int lowest, refs; /* ... which knows the lowest, and streams */
};

struct entries {
	struct entry *at; /* by device and inode: those of one file together */
	size_t n, cap;
};

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
