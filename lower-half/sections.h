/* SPDX-License-Identifier: MIT */
/* sections.h - what an image holds besides memory
 *
 * docs/image-format.md describes the sections; each has its name where its
 * content is declared.
 */
#ifndef MANA_SECTIONS_H
#define MANA_SECTIONS_H

#include <stddef.h>
#include "../image/image.h"
#include "file_table.h"
#include "info.h"

#define SECTIONS 17

struct sections {
	struct image_section at[SECTIONS];
	void *owned[SECTIONS]; /* to be freed */
	size_t n;
};

/* Fills in s, which is zeroed; info and t have to last as long. 0 or -errno;
 * sections_free in any case. */
int sections_make(struct sections *s, const struct image_info *info,
		  const struct file_table *t);
void sections_free(struct sections *s);

#endif
