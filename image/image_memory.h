/* SPDX-License-Identifier: MIT */
/* image_memory.h - memory as an image has it, without a process around it
 *
 * For those who look into an image: addresses are the saved process's, and
 * nothing is mapped there. One thread at a time.
 */
#ifndef MANA_IMAGE_MEMORY_H
#define MANA_IMAGE_MEMORY_H

#include "image.h"

struct image_memory;

/* NULL: out of memory. The image stays open until image_memory_close. */
struct image_memory *image_memory_open(const struct image *img);
void image_memory_close(struct image_memory *m); /* NULL is fine */

/*
 * Copies len bytes. 0; -EFAULT: not all of it is memory of the process;
 * -ENODATA: the image does not hold that memory's contents; -EBADMSG: the pages
 * fail their check; or another -errno.
 */
int image_memory_read(struct image_memory *m, uint64_t at, void *to,
		      size_t len);
/* Calls fn with all stored pages, in no order that is to be relied on, until
 * it returns an error. */
int image_memory_each(struct image_memory *m,
		      int (*fn)(void *arg, uint64_t at, const char *pages,
				size_t len),
		      void *arg);
/* How many bytes of [start, start + len) are stored; the others are zeros.
 * *end, if not NULL: behind the last of them, or start. */
uint64_t image_memory_stored(const struct image *img, uint64_t start,
			     uint64_t len, uint64_t *end);

#endif
