/* SPDX-License-Identifier: MIT */
/* image_write.c - writes a rank's image
 *
 * Nothing is called NAME before it is whole and on disk: all goes to NAME.tmp,
 * the header last, then fsync, rename, fsync of the directory.
 */
#define _GNU_SOURCE 1
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>
#include "image_chunk.h"
#include "../common/durable.h"
#include "../common/monotonic.h"
#include "image_io.h"

struct writer {
	int dir;
	const char *name, *path; /* path: for sentences */
	char tmp[IMAGE_PATH_MAX];
	const struct image_region *regions;
	size_t n_regions;
	struct page_list pages;
	struct chunk_job job;
	struct image_toc *toc;
	size_t n_toc;
	uint64_t raw_bytes;
	int fd, mem_fd, pagemap_fd;
	char *err;
	size_t errlen;
};

static int fail(struct writer *w, int rc, const char *what)
{
	return image_fail(rc, w->err, w->errlen, "%s: cannot %s: %s: %s",
			  w->path, what, strerror(-rc),
			  rc == -ENOSPC || rc == -EDQUOT ?
				  "free space or choose another --ckptdir" :
				  "the previous checkpoint is untouched");
}

static int check_input(struct writer *w, const struct image_section *s,
		       size_t n)
{
	uint64_t end = 0;

	for (size_t i = 0; i < w->n_regions; i++) {
		const struct image_region *r = &w->regions[i];

		if (!image_range_ok(r->start, r->len, end))
			return fail(w, -EINVAL, "take this list of regions");
		end = r->start + r->len;
	}
	for (size_t i = 0; i < n; i++)
		if (strlen(s[i].name) >= IMAGE_NAME_SIZE ||
		    s[i].name[0] == '.' || n > IMAGE_TOC_MAX - 5)
			return fail(w, -EINVAL, "take this list of sections");
	return 0;
}

static int open_all(struct writer *w)
{
	int n = snprintf(w->tmp, sizeof(w->tmp), "%s.tmp", w->name);

	if (n < 0 || (size_t)n >= sizeof(w->tmp))
		return fail(w, -ENAMETOOLONG, "create it");
	w->mem_fd = open("/proc/thread-self/mem", O_RDONLY | O_CLOEXEC);
	if (w->mem_fd < 0)
		return fail(w, -errno, "open /proc/self/mem");
	w->pagemap_fd = open("/proc/thread-self/pagemap", O_RDONLY | O_CLOEXEC);
	if (w->pagemap_fd < 0)
		return fail(w, -errno, "open /proc/self/pagemap");
	/* A file of this name, left by an earlier run or put there by somebody
	 * else, is not written to. */
	unlinkat(w->dir, w->tmp, 0);
	w->fd = openat(w->dir, w->tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
		       0600);
	if (w->fd < 0)
		return fail(w, -errno, "create it");
	image_direct_on(w->fd);
	return 0;
}

static int write_chunks(struct writer *w, const struct image_options *opt)
{
	struct chunk_job *job = &w->job;
	int rc = 0;

	for (size_t i = 0; i < w->n_regions && !rc; i++)
		rc = pages_find(w->pagemap_fd, &w->regions[i], CHUNK_PAGES,
				&w->pages);
	if (rc)
		return fail(w, rc, "find the pages to save");
	job->fd = w->fd;
	job->mem_fd = w->mem_fd;
	job->level = opt->level;
	job->threads = image_threads(opt->threads);
	job->runs = w->pages.runs;
	job->n_runs = w->pages.n;
	job->total = w->pages.pages * IMAGE_PAGE;
	job->progress = opt->progress;
	job->arg = opt->arg;
	job->tail = sizeof(struct image_header);
	rc = chunk_write(job);
	image_direct_off(w->fd);
	return rc ? fail(w, rc, job->failed) : 0;
}

static int add_section(struct writer *w, const char *name, const void *data,
		       uint64_t len)
{
	struct image_toc *t = &w->toc[w->n_toc++];
	int rc;

	strncpy(t->name, name, sizeof(t->name) - 1);
	t->off = w->job.tail;
	t->len = len;
	t->sum = XXH3_64bits(data, len);
	rc = chunk_pwrite(w->fd, data, len, t->off);
	w->job.tail += len;
	return rc ? fail(w, rc, "write") : 0;
}

/* Writes the regions, and their paths as strings. */
static int write_regions(struct writer *w)
{
	struct image_region_rec *rec = calloc(w->n_regions + 1, sizeof(*rec));
	char *paths = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&paths, &len);
	int rc = -ENOMEM;

	if (!rec || !f)
		goto out;
	for (size_t i = 0; i < w->n_regions; i++) {
		const struct image_region *r = &w->regions[i];

		rec[i] = (struct image_region_rec){
			r->start,  r->len,
			r->prot,   r->flags,
			r->offset, r->path ? (uint32_t)ftell(f) : IMAGE_NO_PATH,
			0
		};
		if (r->path)
			fwrite(r->path, 1, strlen(r->path) + 1, f);
	}
	if (fflush(f))
		goto out;
	rc = add_section(w, IMAGE_REGIONS, rec, w->n_regions * sizeof(*rec));
	if (!rc)
		rc = add_section(w, IMAGE_PATHS, paths, len);
out:
	if (f)
		fclose(f);
	free(paths);
	free(rec);
	return rc == -ENOMEM ? fail(w, rc, "get memory") : rc;
}

static int write_index(struct writer *w)
{
	struct chunk_job *job = &w->job;
	size_t n_runs = 0, n = 0, r = 0;
	struct image_chunk *chunks;
	uint64_t *runs;
	int rc = -ENOMEM;

	for (size_t i = 0; i < job->n_out; i++)
		n_runs += job->out[i].rec.n_runs;
	chunks = malloc((job->n_out + 1) * sizeof(*chunks));
	runs = malloc((n_runs + 1) * sizeof(*runs));
	if (!chunks || !runs) {
		fail(w, rc, "get memory");
		goto out;
	}
	for (size_t i = 0; i < job->n_out; i++) {
		const struct chunk_out *out = &job->out[i];

		if (!out->rec.n_runs)
			continue;
		memcpy(runs + r, out->runs, out->rec.n_runs * sizeof(*runs));
		r += out->rec.n_runs;
		w->raw_bytes += out->rec.raw_size;
		chunks[n++] = out->rec;
	}
	rc = add_section(w, IMAGE_RUNS, runs, n_runs * sizeof(*runs));
	if (!rc)
		rc = add_section(w, IMAGE_CHUNKS, chunks, n * sizeof(*chunks));
out:
	free(chunks);
	free(runs);
	return rc;
}

static int write_sections(struct writer *w, const struct image_section *s,
			  size_t n)
{
	int rc = 0;

	w->toc = calloc(n + 5, sizeof(*w->toc));
	if (!w->toc)
		return fail(w, -ENOMEM, "get memory");
	for (size_t i = 0; i < n && !rc; i++)
		rc = add_section(w, s[i].name, s[i].data, s[i].len);
	if (!rc)
		rc = write_regions(w);
	if (!rc && w->pages.n_guards)
		rc = add_section(w, IMAGE_GUARDS, w->pages.guards,
				 w->pages.n_guards * sizeof(*w->pages.guards));
	if (!rc)
		rc = write_index(w);
	return rc;
}

static int write_header(struct writer *w, struct image_result *res)
{
	struct image_header h = {
		.version = IMAGE_VERSION,
		.machine = IMAGE_MACHINE,
		.page_size = IMAGE_PAGE,
		.chunk_max = CHUNK_SIZE,
		.raw_bytes = w->raw_bytes,
		.toc_off = w->job.tail,
		.toc_count = w->n_toc,
	};
	size_t len = w->n_toc * sizeof(*w->toc);
	int rc;

	memcpy(h.magic, IMAGE_MAGIC, sizeof(h.magic));
	h.toc_sum = XXH3_64bits(w->toc, len);
	h.file_size = h.toc_off + len;
	h.sum = XXH3_64bits(&h, offsetof(struct image_header, sum));
	rc = chunk_pwrite(w->fd, w->toc, len, h.toc_off);
	if (!rc)
		rc = chunk_pwrite(w->fd, &h, sizeof(h), 0);
	if (rc)
		return fail(w, rc, "write");
	*res = (struct image_result){ .bytes = h.file_size,
				      .raw_bytes = h.raw_bytes,
				      .digest = h.sum };
	return 0;
}

static int commit(struct writer *w, int no_fsync, struct image_result *res)
{
	uint64_t began = monotonic_us();
	int fd = w->fd, rc = 0;

	if (!no_fsync && fsync(fd))
		return fail(w, -errno, "write");
	w->fd = -1;
	if (close(fd))
		rc = -errno;
	else if (renameat(w->dir, w->tmp, w->dir, w->name))
		rc = -errno;
	else if (!no_fsync)
		rc = durable_parent(w->dir, w->name);
	res->sync_us = monotonic_us() - began;
	return rc ? fail(w, rc, "write") : 0;
}

/* With an error, what was begun is removed. */
static void writer_end(struct writer *w, int rc)
{
	if (w->fd >= 0)
		close(w->fd);
	if (w->mem_fd >= 0)
		close(w->mem_fd);
	if (w->pagemap_fd >= 0)
		close(w->pagemap_fd);
	if (rc && w->tmp[0])
		unlinkat(w->dir, w->tmp, 0);
	chunk_free(&w->job);
	free(w->pages.runs);
	free(w->pages.guards);
	free(w->toc);
}

int image_write(int dir, const char *name, const char *shown,
		const struct image_region *regions, size_t n_regions,
		const struct image_section *sections, size_t n_sections,
		const struct image_options *opt, struct image_result *res,
		char *err, size_t errlen)
{
	static const struct image_options defaults = { .level = 1 };
	struct writer w = {
		.dir = dir,
		.name = name,
		.path = shown,
		.regions = regions,
		.n_regions = n_regions,
		.fd = -1,
		.mem_fd = -1,
		.pagemap_fd = -1,
		.err = err,
		.errlen = errlen,
	};
	int rc = check_input(&w, sections, n_sections);

	if (!opt)
		opt = &defaults;
	if (!rc)
		rc = open_all(&w);
	if (!rc)
		rc = write_chunks(&w, opt);
	if (!rc)
		rc = write_sections(&w, sections, n_sections);
	if (!rc)
		rc = write_header(&w, res);
	if (!rc)
		rc = commit(&w, opt->no_fsync, res);
	writer_end(&w, rc);
	return rc;
}
