/* SPDX-License-Identifier: MIT */
/* image_dir.h - the subdirectories of a generation (image_name.h) on disk
 *
 * gen is the generation's open directory, shown what it is called. The
 * coordinator makes all of them before a round begins: no rank makes one, and
 * none waits for another's.
 */
#ifndef MANA_IMAGE_DIR_H
#define MANA_IMAGE_DIR_H

#include <dirent.h>
#include "image_name.h"
#include "reason.h"

/* Those of a job of so many ranks, 0700, on disk when it returns. 0 or
 * -errno. */
int image_dirs_make(int gen, uint32_t size);
/* Opens the directory that an image of this name is in, if it is trusted
 * (trust.h); or -errno and why. */
int image_dir_open(int gen, const char *shown, const char *name,
		   struct reason *why);
/* Removes all images by their names, and the subdirectories. What else a user
 * has put into one stays, and so does that. 0, or -errno for one that stays. */
int image_dirs_empty(int gen);

/* A stream of the open directory with a descriptor of its own: closing it
 * leaves dir open, at the offset where it was. NULL and errno. */
DIR *image_dir_entries(int dir);

#endif
