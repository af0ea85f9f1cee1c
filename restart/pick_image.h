/* SPDX-License-Identifier: MIT */
/* pick_image.h - the images of the generation that was picked */
#ifndef MANA_PICK_IMAGE_H
#define MANA_PICK_IMAGE_H

#include "../image/image.h"
#include "../launch/pick.h"

/* The image of the rank, as the manifest names it, for image_close; wanted as
 * in image_open_part. 0, or -errno and a sentence. */
int pick_image(const struct pick *p, uint32_t rank, const char *const *wanted,
	       struct image **img, char *err, size_t errlen);

#endif
