/* SPDX-License-Identifier: MIT */
/* regions.h - which memory of this process is the application's */
#ifndef MANA_REGIONS_H
#define MANA_REGIONS_H

#include "../common/image.h"

struct regions {
	struct image_region *at;
	size_t n, cap;
};

/* Append all, by address; r is zeroed memory. 0 or -errno; free in any case. */
int regions_read(struct regions *r);
void regions_free(struct regions *r);

#endif
