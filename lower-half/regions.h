/* SPDX-License-Identifier: MIT */
/* regions.h - which memory of this process is the application's */
#ifndef MANA_REGIONS_H
#define MANA_REGIONS_H

#include "../image/image.h"

struct regions {
	struct image_region *at;
	size_t n, cap;
};

struct file_table;

/* 1 and the sentence when something is mapped that cannot be saved. */
int regions_refuse(char *err, size_t errlen);
/*
 * Appends all regions, sorted by address; r is zeroed memory. Shared mappings
 * of files without a name are of the table's inodes. 0 or -errno; free in any
 * case.
 */
int regions_read(struct regions *r, struct file_table *files);
/* A copy of x. 0 or -errno. */
int regions_add(struct regions *r, const struct image_region *x);
void regions_free(struct regions *r);

#endif
