/* SPDX-License-Identifier: MIT */
/* image_name.h - where in its generation's directory the image of a rank lies
 *
 *     rank-<N>.mana			   of a job of up to IMAGES_PER_DIR
 * ranks ranks-<four digits>/rank-<N>.mana   of a larger one
 *
 * File systems of clusters change a directory by one rank at a time, and make
 * it slow to look into when it is large. The digits are N / IMAGES_PER_DIR, so
 * rank and size alone say where an image is, to whoever writes or reads it.
 */
#ifndef MANA_IMAGE_NAME_H
#define MANA_IMAGE_NAME_H

#include <stdint.h>
#include "wire.h"

/* With delays (stress.h) jobs are small: theirs have subdirectories, too. */
#ifdef MANA_STRESS
#define IMAGES_PER_DIR 2
#else
#define IMAGES_PER_DIR 1000
#endif

/* Within the generation's directory, of a job of size ranks. Returns out. */
char *image_name(char out[WIRE_NAME], uint32_t rank, uint32_t size);
/* The same without a subdirectory, whatever the size: so it was always called
 * before there were any. */
char *image_name_flat(char out[WIRE_NAME], uint32_t rank);

/* How many subdirectories the images of so many ranks have; 0: none. */
uint32_t image_dirs(uint32_t size);
/* Returns out. */
char *image_dir_name(char out[WIRE_NAME], uint32_t number);

/* Names that are there: the number, or -1: not a name of this kind. An image's
 * may have ".tmp" behind it. */
int64_t image_rank_of(const char *name);
int64_t image_dir_of(const char *name);

#endif
