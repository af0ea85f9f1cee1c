/* SPDX-License-Identifier: MIT */
/* image_format.h - the bytes of an image file (docs/image-format.md)
 *
 * One header block, chunk payloads, sections, a table of contents. Integers
 * are little-endian. The header's sum covers the table of contents' sum, that
 * one every section's, and the section ".chunks" every payload's: the header's
 * sum is the digest of the whole file. All sums are XXH3-64.
 *
 * Shared by the writer (image_write.c, image_chunk.c) and the reader
 * (image_open.c, image_table.c, image_read.c).
 */
#ifndef MANA_IMAGE_FORMAT_H
#define MANA_IMAGE_FORMAT_H

#include <elf.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define IMAGE_MAGIC	"\211MANA\r\n\032"
#define IMAGE_VERSION	1
#define IMAGE_PAGE	4096UL
#define IMAGE_USER_END	0x7ffffffff000UL /* first address never the user's */
#define IMAGE_CHUNK_MAX (16UL << 20)	 /* largest chunk a reader accepts */
#define IMAGE_NAME_SIZE 32
#define IMAGE_NO_PATH	UINT32_MAX
#define IMAGE_TOC_MAX	4096

#if defined(__x86_64__)
#define IMAGE_MACHINE EM_X86_64
#elif defined(__aarch64__)
#define IMAGE_MACHINE EM_AARCH64
#endif

/* Sections of the format itself begin with a dot. */
#define IMAGE_REGIONS ".regions" /* struct image_region_rec[] */
#define IMAGE_PATHS   ".paths"	 /* NUL-terminated strings */
#define IMAGE_RUNS    ".runs"	 /* uint64_t[], see image_run() */
#define IMAGE_CHUNKS  ".chunks"	 /* struct image_chunk[] */
#define IMAGE_GUARDS  ".guards"	 /* struct image_guard[]; none: not there */

struct image_header {
	char magic[8];
	uint32_t version;
	uint32_t machine;   /* ELF e_machine */
	uint32_t page_size; /* IMAGE_PAGE */
	uint32_t chunk_max; /* no chunk is larger uncompressed */
	uint64_t flags;	    /* none defined: 0 */
	uint64_t file_size;
	uint64_t raw_bytes; /* of all chunks, uncompressed */
	uint64_t toc_off, toc_count, toc_sum;
	uint8_t zero[IMAGE_PAGE - 80];
	uint64_t sum; /* of all before it */
};
_Static_assert(sizeof(struct image_header) == IMAGE_PAGE, "header is a page");

struct image_toc {
	char name[IMAGE_NAME_SIZE]; /* NUL-padded */
	uint64_t off, len, sum;
};

struct image_region_rec {
	uint64_t start, len;
	uint32_t prot, flags;
	uint64_t offset;
	uint32_t path; /* offset in .paths, or IMAGE_NO_PATH */
	uint32_t zero;
};

enum image_codec { CODEC_STORED = 0, CODEC_ZSTD = 1 };

/* A payload: the pages of the next n_runs runs, one after the other. */
struct image_chunk {
	uint64_t off, sum; /* of the payload as it is in the file */
	uint32_t size, raw_size;
	uint32_t n_runs, codec;
};

/*
 * A run of pages in one word: a page-aligned address whose low 12 bits are the
 * number of pages less one. Runs ascend, so a chunk has 4096 pages at most.
 */
static inline uint64_t image_run(uint64_t addr, uint64_t pages)
{
	return addr | (pages - 1);
}

static inline uint64_t image_run_addr(uint64_t run)
{
	return run & ~(IMAGE_PAGE - 1);
}

static inline uint64_t image_run_len(uint64_t run)
{
	return ((run & (IMAGE_PAGE - 1)) + 1) * IMAGE_PAGE;
}

/* A region that is page aligned, not empty, in user space and from END on. */
static inline int image_range_ok(uint64_t start, uint64_t len, uint64_t end)
{
	return start >= end && start && len && start < IMAGE_USER_END &&
	       len <= IMAGE_USER_END - start &&
	       !((start | len) & (IMAGE_PAGE - 1));
}

/* Puts the sentence in err (may be NULL) and returns rc. */
__attribute__((format(printf, 4, 5))) static inline int
image_fail(int rc, char *err, size_t errlen, const char *fmt, ...)
{
	va_list ap;

	if (err && errlen) {
		va_start(ap, fmt);
		vsnprintf(err, errlen, fmt, ap);
		va_end(ap);
	}
	return rc;
}

#endif
