/* SPDX-License-Identifier: MIT */
/* shared.h - memory that others may have mapped too: files */
#ifndef MANA_SHARED_H
#define MANA_SHARED_H

#include "../image/image.h"

/* 1: the region is mapped from a file, to which goes what is written. */
static inline int region_has_file(const struct image_region *x)
{
	return x->flags & REGION_SHARED && x->flags & REGION_FILE;
}

/*
 * A descriptor of the file the region was mapped from, found or made again, or
 * -errno; -ESPIPE: it is shorter than it was; -EPERM: it is another's now.
 */
int shared_open(const struct image_region *x);
/* Makes the mapped region zero in its file. */
void shared_clear(const struct image_region *x);

#endif
