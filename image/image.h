/* SPDX-License-Identifier: MIT */
/* image.h - a rank's checkpoint image on disk (docs/image-format.md)
 *
 * Versioned header, sections (named byte blobs: metadata), a table of memory
 * regions, then independent zstd frames of fixed-size chunks, each with a
 * checksum, written and read by several threads straight from and into place.
 * Zero pages are not stored. Every length read from the file is checked.
 */
#ifndef MANA_IMAGE_H
#define MANA_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#define IMAGE_PATH_MAX 4096

enum region_flags {
	REGION_SHARED = 1, /* MAP_SHARED */
	REGION_GROWSDOWN = 2,
	REGION_NORESERVE = 4,
	REGION_STACK = 8,
	REGION_HUGE = 16,   /* MADV_HUGEPAGE was given */
	REGION_FILE = 32,   /* path and offset name the file it came from */
	REGION_NODATA = 64, /* contents are not stored (shared file mapping) */
	REGION_UNLINKED = 128, /* the file has no name: path tells it apart */
	REGION_CONTENTS = 256, /* no memory, but the contents of such a file */
};

struct image_region {
	uint64_t start, len; /* page aligned */
	uint32_t prot;	     /* PROT_* to have at the end */
	uint32_t flags;	     /* enum region_flags */
	uint64_t offset;     /* in path */
	const char *path;    /* NULL: anonymous */
	/* For the writer alone. */
	int data_fd; /* the file's descriptor + 1, to find its holes by */
	int shmem;   /* the file is in memory: what is not there is zero */
};

struct image_guard { /* pages that nobody may touch: MADV_GUARD_INSTALL */
	uint64_t start, len;
};

struct image_section {
	const char *name; /* at most 31 bytes */
	const void *data;
	uint64_t len;
};

struct image_options {
	int level;    /* zstd level; 0: stored uncompressed */
	int threads;  /* 0: as many as the process may run on */
	int no_fsync; /* tests only */
	/* called now and then from the calling thread; may be NULL */
	void (*progress)(void *arg, uint64_t done, uint64_t total);
	void *arg;
};

struct image_result {
	uint64_t bytes;	    /* of the file */
	uint64_t raw_bytes; /* of stored pages before compression */
	uint64_t digest;    /* XXH3-64 of the header: covers the whole file */
	uint64_t sync_us;   /* how long it took until it was on disk for good */
};

/*
 * Write NAME, in an open directory as in openat(2), shown in sentences: to
 * NAME.tmp first, fsync, rename, fsync of the directory. Private
 * anonymous pages that are present are read in place, all others through
 * /proc/self/mem (works for PROT_NONE too). Regions ascend and do not overlap;
 * nothing may write to them meanwhile but other processes to shared ones. opt
 * may be NULL: level 1. 0 or -errno; on failure NAME.tmp is removed and err
 * (may be NULL) holds one line, "what: why: what to do".
 */
int image_write(int dir, const char *name, const char *shown,
		const struct image_region *regions, size_t n_regions,
		const struct image_section *sections, size_t n_sections,
		const struct image_options *opt, struct image_result *res,
		char *err, size_t errlen);

struct image; /* an open image */

/*
 * Takes over a descriptor of the file, whatever comes of it, and checks header,
 * sections and tables. path: in sentences. 0 or -errno, err as above.
 */
int image_open(int fd, const char *path, struct image **out, char *err,
	       size_t errlen);
void image_close(struct image *img); /* NULL is fine */
/* NULL when there is none by that name. Memory belongs to img. */
const void *image_section(const struct image *img, const char *name,
			  uint64_t *len);
const struct image_region *image_regions(const struct image *img, size_t *n);
/* They ascend, and lie in regions. */
const struct image_guard *image_guards(const struct image *img, size_t *n);
uint64_t image_digest(const struct image *img);
/*
 * Read all chunks into place: every region is mapped readable and writable at
 * its address and holds zeros. With verify_only nothing is touched.
 */
int image_read(struct image *img, int verify_only, char *err, size_t errlen);

#endif
