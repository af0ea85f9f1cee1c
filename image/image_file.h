/* SPDX-License-Identifier: MIT */
/* image_file.h - an open image, as the reader's files share it */
#ifndef MANA_IMAGE_FILE_H
#define MANA_IMAGE_FILE_H

#include "image.h"
#include "image_format.h"

struct image {
	char *path;
	int fd;
	struct image_header head;
	struct image_toc *toc;
	void **data; /* of each section, checked */
	struct image_region *regions;
	size_t n_regions;
	const struct image_guard *guards;
	size_t n_guards;
	const uint64_t *runs;
	size_t n_runs;
	const struct image_chunk *chunks;
	size_t *first_run; /* of each chunk */
	size_t n_chunks;
	_Atomic uint64_t bytes_read; /* of memory, for those who look on */
};

/*
 * Checks that everything the tables say is possible, and fills in regions, runs
 * and chunks. Payloads are not looked at. 0 or -errno and a sentence.
 */
int image_check_tables(struct image *img, char *err, size_t errlen);

/* As image_open, for the sections in wanted (NULL at its end) alone: no memory
 * can be read from it. */
int image_open_part(int fd, const char *path, const char *const *wanted,
		    struct image **out, char *err, size_t errlen);

/*
 * Reads chunk i, and checks and unpacks it: its pages, one after the other, are
 * at *pages, which is packed or raw (page aligned, chunk_max bytes each). dctx
 * is a ZSTD_DCtx. 0; -EBADMSG: its sum is wrong; or another -errno.
 */
int image_load_chunk(const struct image *img, size_t i, void *dctx,
		     char *packed, char *raw, char **pages);

/* Reads all len bytes, through the page cache where O_DIRECT is not taken. 0 or
 * -errno; -ENODATA when the file ends before. */
int image_pread(int fd, void *p, size_t len, uint64_t off);

#endif
