/* SPDX-License-Identifier: MIT */
/* entries.h - the descriptors that the application has open */
#ifndef MANA_ENTRIES_H
#define MANA_ENTRIES_H

#include <stddef.h>
#include <stdint.h>

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

/* All of the application's, and our references to the launcher's streams. 0 or
 * -errno; all->at is malloc'ed in any case. */
int entries_read(struct entries *all);
/* Finds out which descriptors share an open file, and fills in what follows
 * from that: same_as, std, group, lowest and refs. */
void entries_group(struct entries *all);

#endif
