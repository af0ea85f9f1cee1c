/* SPDX-License-Identifier: MIT */
/* image_memory.c - memory as an image has it, without a process around it
 *
 * The chunk that was read last is kept: who looks at one record mostly looks at
 * its neighbour next.
 */
#define _GNU_SOURCE 1
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>
#include "image_file.h"
#include "image_memory.h"

#define NONE SIZE_MAX

struct image_memory {
	const struct image *img;
	ZSTD_DCtx *dctx;
	char *packed, *raw; /* chunk_max each */
	char *pages;	    /* of the chunk that is there */
	size_t chunk;
};

struct image_memory *image_memory_open(const struct image *img)
{
	struct image_memory *m = calloc(1, sizeof(*m));
	size_t max = img->head.chunk_max;

	if (!m)
		return NULL;
	m->img = img;
	m->chunk = NONE;
	m->dctx = ZSTD_createDCtx();
	m->packed = aligned_alloc(IMAGE_PAGE, max);
	m->raw = aligned_alloc(IMAGE_PAGE, max);
	if (m->dctx && m->packed && m->raw)
		return m;
	image_memory_close(m);
	return NULL;
}

void image_memory_close(struct image_memory *m)
{
	if (!m)
		return;
	ZSTD_freeDCtx(m->dctx);
	free(m->packed);
	free(m->raw);
	free(m);
}

static int load(struct image_memory *m, size_t chunk)
{
	int rc;

	if (m->chunk == chunk)
		return 0;
	m->chunk = NONE;
	rc = image_load_chunk(m->img, chunk, m->dctx, m->packed, m->raw,
			      &m->pages);
	if (!rc)
		m->chunk = chunk;
	return rc;
}

/* The first of the ascending runs that ends behind at: n_runs if none does. */
static size_t run_behind(const struct image *img, uint64_t at)
{
	size_t lo = 0, hi = img->n_runs;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		uint64_t run = img->runs[mid];

		if (image_run_addr(run) + image_run_len(run) <= at)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* The chunk that has the run. */
static size_t chunk_of(const struct image *img, size_t run)
{
	size_t lo = 0, hi = img->n_chunks;

	while (hi - lo > 1) {
		size_t mid = (lo + hi) / 2;

		if (img->first_run[mid] <= run)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}

static const struct image_region *region_at(const struct image *img,
					    uint64_t at)
{
	size_t lo = 0, hi = img->n_regions;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		const struct image_region *r = &img->regions[mid];

		if (r->start + r->len <= at)
			lo = mid + 1;
		else if (r->start > at)
			hi = mid;
		else
			return r;
	}
	return NULL;
}

/* Copies from the run, of which at is a part. */
static int copy_run(struct image_memory *m, size_t run, uint64_t at, char *to,
		    size_t len)
{
	const struct image *img = m->img;
	size_t chunk = chunk_of(img, run), off = 0;
	int rc = load(m, chunk);

	if (rc)
		return rc;
	for (size_t i = img->first_run[chunk]; i < run; i++)
		off += image_run_len(img->runs[i]);
	memcpy(to, m->pages + off + (at - image_run_addr(img->runs[run])), len);
	return 0;
}

/* Copies the first bytes, which are all stored or all zeros, and says how
 * many; at lies in memory that ends at end. */
static int copy_some(struct image_memory *m, uint64_t at, char *to,
		     uint64_t end, size_t *len)
{
	const struct image *img = m->img;
	size_t run = run_behind(img, at);
	uint64_t start =
		run < img->n_runs ? image_run_addr(img->runs[run]) : UINT64_MAX;
	int stored = start <= at;

	if (stored)
		start += image_run_len(img->runs[run]);
	if (start < end)
		end = start;
	if (*len > end - at)
		*len = end - at;
	if (stored)
		return copy_run(m, run, at, to, *len);
	memset(to, 0, *len);
	return 0;
}

int image_memory_read(struct image_memory *m, uint64_t at, void *to, size_t len)
{
	const struct image_region *r;
	char *out = to;
	size_t some;
	int rc;

	for (; len; len -= some, at += some, out += some) {
		r = region_at(m->img, at);
		if (!r || (r->flags & REGION_CONTENTS))
			return -EFAULT;
		if (r->flags & REGION_NODATA)
			return -ENODATA;
		some = len;
		rc = copy_some(m, at, out, r->start + r->len, &some);
		if (rc)
			return rc;
	}
	return 0;
}

int image_memory_each(struct image_memory *m,
		      int (*fn)(void *arg, uint64_t at, const char *pages,
				size_t len),
		      void *arg)
{
	const struct image *img = m->img;
	int rc = 0;

	for (size_t c = 0; c < img->n_chunks && !rc; c++) {
		const uint64_t *run = img->runs + img->first_run[c];
		const uint64_t *end = run + img->chunks[c].n_runs;
		const char *p;

		rc = load(m, c);
		for (p = m->pages; run < end && !rc; run++) {
			rc = fn(arg, image_run_addr(*run), p,
				image_run_len(*run));
			p += image_run_len(*run);
		}
	}
	return rc;
}

uint64_t image_memory_stored(const struct image *img, uint64_t start,
			     uint64_t len, uint64_t *end)
{
	uint64_t sum = 0, stop = start + len, last = start;

	for (size_t i = run_behind(img, start); i < img->n_runs; i++) {
		uint64_t a = image_run_addr(img->runs[i]);
		uint64_t b = a + image_run_len(img->runs[i]);

		if (a >= stop)
			break;
		a = a < start ? start : a;
		last = b < stop ? b : stop;
		sum += last - a;
	}
	if (end)
		*end = last;
	return sum;
}
