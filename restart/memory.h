/* SPDX-License-Identifier: MIT */
/* memory.h - the application's memory, mapped and read */
#ifndef MANA_MEMORY_H
#define MANA_MEMORY_H

#include <pthread.h>
#include <stddef.h>
#include "../image/image.h"

/* Maps each region of the image where it was, writable and zero. 0 or
 * -errno. */
int memory_map(const struct image *img, char *err, size_t errlen);

struct memory_read {
	struct image *img;
	pthread_t thread;
	int error;
	char err[8192];
};

/*
 * Reads all pages into place, in the background: until memory_read_finish
 * nobody may touch what was mapped. img and m stay. 0 or -errno.
 */
int memory_read_start(struct memory_read *m, struct image *img);
/* Waits for that; then the regions have their protections. 0 or -errno. */
int memory_read_finish(struct memory_read *m, char *err, size_t errlen);

#endif
