/* SPDX-License-Identifier: MIT */
/* map_line.h - lines of /proc/self/maps, and which cannot be saved */
#ifndef MANA_MAP_LINE_H
#define MANA_MAP_LINE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct map_line {
	uint64_t start, end, offset;
	uint32_t prot; /* PROT_* */
	int shared;
	char dev[16];
	unsigned long ino; /* 0: anonymous */
	const char *path;  /* "" when there is none; valid until the next */
	char found[4096];  /* room for another name, to which path may lead */
};

struct maps {
	FILE *f;
	char *line;
	size_t cap;
};

/* Of the calling thread's process. 0 or -errno. */
int maps_open(struct maps *m);
/* 1, or 0 at the end. */
int maps_next(struct maps *m, struct map_line *line);
void maps_close(struct maps *m);

/* Why memory of the application's like this cannot be saved, or NULL. */
const char *map_problem(const struct map_line *m);
/* 1: the file of a shared mapping has no name any more. If it has another one
 * in its directory, path is that one from then on. */
int map_removed(struct map_line *m);

#endif
