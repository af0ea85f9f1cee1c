/* SPDX-License-Identifier: MIT */
/* fit.h - can an image go on in this process, on this machine? */
#ifndef MANA_FIT_H
#define MANA_FIT_H

#include "../image/image.h"
#include "../lower-half/info.h"

/* The image's section "info", when this build of mana can read it and has all
 * MPI functions that the image may call; else NULL. */
const struct image_info *fit_info(const struct image *img);
/* The machine, the MPI and the rank are those that the image needs. 0, or
 * -errno and a sentence, with the image's path. */
int fit_check(const char *path, const struct image_info *i, char *err,
	      size_t errlen);

#endif
