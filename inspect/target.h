/* SPDX-License-Identifier: MIT */
/* target.h - what the user has named: an image, a generation, a directory */
#ifndef MANA_TARGET_H
#define MANA_TARGET_H

#include "../launch/pick.h"
#include "process.h"

#define TARGET_ALL (-1) /* of the ranks: the generation itself */

struct target {
	struct pick p;			       /* p.path NULL: no generation */
	char path[IMAGE_PATH_MAX + WIRE_NAME]; /* of the image */
	struct image *img;		       /* NULL: the generation itself */
};

/*
 * Opens an image, or of a generation, or of the newest complete one of a
 * checkpoint directory, that of a rank. Of an image's own path its rank is not
 * asked. 0 and *t for target_close, or -errno and one sentence.
 */
int target_open(struct target *t, const char *path, int rank, char *err,
		size_t errlen);
void target_close(struct target *t);

#endif
