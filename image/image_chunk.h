/* SPDX-License-Identifier: MIT */
/* image_chunk.h - page runs in, chunks in a file out, by several threads */
#ifndef MANA_IMAGE_CHUNK_H
#define MANA_IMAGE_CHUNK_H

#include <stdatomic.h>
#include "image_format.h"
#include "pages.h"

#define CHUNK_SIZE  (4UL << 20) /* enough for disks and striped files */
#define CHUNK_PAGES (CHUNK_SIZE / IMAGE_PAGE)

struct chunk_out {
	struct image_chunk rec; /* n_runs 0: nothing but zeros, no payload */
	uint64_t *runs;
};

struct chunk_job {
	int fd, mem_fd, level, threads;
	const struct page_run *runs;
	size_t n_runs;
	void (*progress)(void *arg, uint64_t done, uint64_t total);
	void *arg;
	uint64_t total; /* bytes in runs */

	/* Results: out[0..n_out) in order of address, tail the file's end. */
	struct chunk_out *out;
	size_t n_out;
	_Atomic uint64_t tail;
	const char *failed; /* what failed, for the sentence */

	/* Workers' own. */
	size_t *first; /* run that each chunk begins with; n_out + 1 of them */
	_Atomic size_t next;
	_Atomic uint64_t done;
	_Atomic int error;
};

/*
 * Set fd, mem_fd, level, threads, runs, n_runs, progress, arg, total and tail;
 * the rest is zero. Every run is at most CHUNK_PAGES long. Payloads are written
 * from tail on. The caller's thread works too and calls progress. 0 or -errno.
 */
int chunk_write(struct chunk_job *job);
void chunk_free(struct chunk_job *job);

/* Writes all of it, going on after whatever interrupts. 0 or -errno (-ENOSPC,
 * -EIO ...). */
int chunk_pwrite(int fd, const void *p, size_t len, uint64_t off);

#endif
