/* SPDX-License-Identifier: MIT */
/* image_table.c - what an image's tables say must be possible
 *
 * The sums have been checked: a table that is wrong here was written wrong. All
 * the same nothing is believed that could make the reader leave a buffer, the
 * file or a region.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "image_file.h"
#include "image_io.h"

#define KNOWN_FLAGS (REGION_CONTENTS * 2U - 1)

static int bad(const struct image *img, char *err, size_t errlen,
	       const char *name)
{
	return image_fail(-EBADMSG, err, errlen,
			  "%s: section \"%s\" holds "
			  "what no writer writes: restart from an older "
			  "generation",
			  img->path, name);
}

/* The section as an array of SIZE bytes each, or NULL. */
static const void *table(const struct image *img, const char *name, size_t size,
			 size_t *n)
{
	uint64_t len;
	const void *p = image_section(img, name, &len);

	*n = len / size;
	return p && !(len % size) ? p : NULL;
}

static int check_regions(struct image *img)
{
	size_t n, n_paths;
	const struct image_region_rec *rec =
		table(img, IMAGE_REGIONS, sizeof(*rec), &n);
	const char *paths = table(img, IMAGE_PATHS, 1, &n_paths);
	uint64_t end = 0;

	if (!rec || !paths)
		return -EBADMSG;
	img->regions = calloc(n + 1, sizeof(*img->regions));
	if (!img->regions)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++, rec++) {
		int has_path = rec->path != IMAGE_NO_PATH;

		if (!image_range_ok(rec->start, rec->len, end) ||
		    (rec->prot & ~7U) || (rec->flags & ~KNOWN_FLAGS) ||
		    (has_path && rec->path >= n_paths))
			return -EBADMSG;
		end = rec->start + rec->len;
		img->regions[i] = (struct image_region){
			.start = rec->start,
			.len = rec->len,
			.prot = rec->prot,
			.flags = rec->flags,
			.offset = rec->offset,
			.path = has_path ? paths + rec->path : NULL,
		};
	}
	img->n_regions = n;
	return 0;
}

/* Does [at, end) lie in adjoining regions, of which none has one of the flags?
 * *r: the first that may be one of them, which moves on. */
static int covered(const struct image *img, const struct image_region **r,
		   uint64_t at, uint64_t end, uint32_t flags)
{
	const struct image_region *r_end = img->regions + img->n_regions;

	for (; at < end; at = (*r)->start + (*r)->len) {
		while (*r < r_end && (*r)->start + (*r)->len <= at)
			(*r)++;
		if (*r == r_end || (*r)->start > at || ((*r)->flags & flags))
			return 0;
	}
	return 1;
}

static int check_guards(struct image *img)
{
	const struct image_region *r = img->regions;
	const struct image_guard *g;
	uint64_t end = 0, len;

	if (!image_section(img, IMAGE_GUARDS, &len))
		return 0;
	img->guards = table(img, IMAGE_GUARDS, sizeof(*g), &img->n_guards);
	if (!img->guards)
		return -EBADMSG;
	for (g = img->guards; g < img->guards + img->n_guards; g++) {
		if (!image_range_ok(g->start, g->len, end))
			return -EBADMSG;
		end = g->start + g->len;
		if (!covered(img, &r, g->start, end, 0))
			return -EBADMSG;
	}
	return 0;
}

/* Runs ascend, and each lies in one or more adjoining regions with data. */
static int check_runs(struct image *img)
{
	const struct image_region *r = img->regions;
	uint64_t end = 0;

	img->runs = table(img, IMAGE_RUNS, sizeof(*img->runs), &img->n_runs);
	if (!img->runs)
		return -EBADMSG;
	for (size_t i = 0; i < img->n_runs; i++) {
		uint64_t at = image_run_addr(img->runs[i]);
		uint64_t len = image_run_len(img->runs[i]);

		if (!image_range_ok(at, len, end))
			return -EBADMSG;
		end = at + len;
		if (!covered(img, &r, at, end, REGION_NODATA))
			return -EBADMSG;
	}
	return 0;
}

static int chunk_ok(const struct image *img, const struct image_chunk *c)
{
	const struct image_header *h = &img->head;

	if (!c->n_runs || !c->size || c->raw_size > h->chunk_max ||
	    c->off < sizeof(*h) || c->off % IMAGE_PAGE ||
	    c->off > h->file_size || c->size > c->raw_size ||
	    image_page_up(c->size) > h->file_size - c->off)
		return 0;
	if (c->codec == CODEC_STORED)
		return c->size == c->raw_size;
	return c->codec == CODEC_ZSTD && c->size < c->raw_size;
}

static int check_chunks(struct image *img)
{
	size_t r = 0;
	uint64_t total = 0;

	img->chunks =
		table(img, IMAGE_CHUNKS, sizeof(*img->chunks), &img->n_chunks);
	if (!img->chunks)
		return -EBADMSG;
	img->first_run = calloc(img->n_chunks + 1, sizeof(*img->first_run));
	if (!img->first_run)
		return -ENOMEM;
	for (size_t i = 0; i < img->n_chunks; i++) {
		const struct image_chunk *c = &img->chunks[i];
		uint64_t raw = 0;

		if (!chunk_ok(img, c) || c->n_runs > img->n_runs - r)
			return -EBADMSG;
		img->first_run[i] = r;
		for (size_t end = r + c->n_runs; r < end; r++)
			raw += image_run_len(img->runs[r]);
		if (raw != c->raw_size)
			return -EBADMSG;
		total += raw;
	}
	return r == img->n_runs && total == img->head.raw_bytes ? 0 : -EBADMSG;
}

int image_check_tables(struct image *img, char *err, size_t errlen)
{
	int rc = check_regions(img);

	if (rc == -EBADMSG)
		return bad(img, err, errlen, IMAGE_REGIONS);
	if (!rc)
		rc = check_guards(img);
	if (rc == -EBADMSG)
		return bad(img, err, errlen, IMAGE_GUARDS);
	if (!rc)
		rc = check_runs(img);
	if (rc == -EBADMSG)
		return bad(img, err, errlen, IMAGE_RUNS);
	if (!rc)
		rc = check_chunks(img);
	return rc == -EBADMSG ? bad(img, err, errlen, IMAGE_CHUNKS) : rc;
}
