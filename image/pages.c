/* SPDX-License-Identifier: MIT */
/* pages.c - which pages of a region may hold something
 *
 * Private anonymous memory: the page tables know. A page is read by plain loads
 * only if it is present and the region readable; then no load can fault. A page
 * that is swapped is read through /proc/self/mem, which answers with an error
 * where a load would be fatal. Guard pages (MADV_GUARD_INSTALL) look swapped;
 * where the kernel tells them apart (6.15), they are listed and not read.
 *
 * Files of which there is a descriptor: what is no hole. Other shared memory,
 * whose pages are ours too without being in our tables: mincore looks into the
 * object, but not into swap. Other files, and shared memory when the machine
 * swaps: all pages.
 */
#define _GNU_SOURCE 1
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sysinfo.h>
#include <unistd.h>
#include "../common/array.h"
#include "image_format.h"
#include "pages.h"

/* linux/fs.h since 6.7; Debian 12's headers are older than its backports. */
#ifndef PAGEMAP_SCAN
#define PAGE_IS_PRESENT (1 << 3)
#define PAGE_IS_SWAPPED (1 << 4)
#define PAGE_IS_PFNZERO (1 << 5)
struct page_region {
	uint64_t start, end, categories;
};
struct pm_scan_arg {
	uint64_t size, flags, start, end, walk_end, vec, vec_len, max_pages;
	uint64_t category_inverted, category_mask, category_anyof_mask;
	uint64_t return_mask;
};
#define PAGEMAP_SCAN _IOWR('f', 16, struct pm_scan_arg)
#endif

#ifndef PAGE_IS_GUARD /* 6.15 */
#define PAGE_IS_GUARD (1 << 8)
#endif

#define PM_PRESENT (1UL << 63)
#define PM_SWAPPED (1UL << 62)

static int list_add(struct page_list *list, uint64_t start, uint64_t end,
		    uint32_t how, uint32_t run_max)
{
	uint64_t pages = (end - start) / IMAGE_PAGE;

	list->pages += pages;
	while (pages) {
		uint32_t n = pages < run_max ? (uint32_t)pages : run_max;

		if (ARRAY_ROOM(list->runs, list->n, list->max) < 0)
			return -ENOMEM;
		list->runs[list->n++] = (struct page_run){ start, n, how };
		start += n * IMAGE_PAGE;
		pages -= n;
	}
	return 0;
}

static int add_guard(struct page_list *list, uint64_t start, uint64_t end)
{
	if (ARRAY_ROOM(list->guards, list->n_guards, list->max_guards) < 0)
		return -ENOMEM;
	list->guards[list->n_guards++] =
		(struct image_guard){ start, end - start };
	return 0;
}

/* -EINVAL: the kernel knows no such thing, or does not show it. */
static int find_guards(int fd, uint64_t start, uint64_t end,
		       struct page_list *list)
{
	struct page_region vec[512];
	struct pm_scan_arg arg = {
		.size = sizeof(arg),
		.start = start,
		.end = end,
		.vec = (uintptr_t)vec,
		.vec_len = 512,
		.category_mask = PAGE_IS_GUARD,
		.return_mask = PAGE_IS_GUARD,
	};

	while (arg.start < end) {
		int n = ioctl(fd, PAGEMAP_SCAN, &arg), i;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == ENOTTY ? -EINVAL : -errno;
		for (i = 0; i < n; i++)
			if (add_guard(list, vec[i].start, vec[i].end))
				return -ENOMEM;
		if (arg.walk_end <= arg.start)
			return -EIO;
		arg.start = arg.walk_end;
	}
	return 0;
}

int pages_show_guards(void)
{
	struct page_list none = { 0 };
	uint64_t page = (uintptr_t)&none & ~(IMAGE_PAGE - 1);
	int fd = open("/proc/thread-self/pagemap", O_RDONLY | O_CLOEXEC), rc;

	rc = fd < 0 ? -errno : find_guards(fd, page, page + IMAGE_PAGE, &none);
	if (fd >= 0)
		close(fd);
	free(none.guards);
	return !rc;
}

static int find_scan(int fd, const struct image_region *r, uint32_t run_max,
		     struct page_list *list)
{
	uint64_t end = r->start + r->len;
	/* A guard page is shown with both categories. */
	uint64_t guard = list->shows_guards ? PAGE_IS_GUARD : 0;
	struct page_region vec[512];
	struct pm_scan_arg arg = {
		.size = sizeof(arg),
		.start = r->start,
		.end = end,
		.vec = (uintptr_t)vec,
		.vec_len = 512,
		.category_inverted = PAGE_IS_PFNZERO | guard,
		.category_mask = PAGE_IS_PFNZERO | guard,
		.category_anyof_mask = PAGE_IS_PRESENT | PAGE_IS_SWAPPED,
		.return_mask = PAGE_IS_PRESENT | PAGE_IS_SWAPPED,
	};

	while (arg.start < end) {
		int n = ioctl(fd, PAGEMAP_SCAN, &arg);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		for (int i = 0; i < n; i++) {
			int direct = (r->prot & PROT_READ) &&
				     vec[i].categories == PAGE_IS_PRESENT;

			if (list_add(list, vec[i].start, vec[i].end,
				     direct ? READ_DIRECT : READ_COPY, run_max))
				return -ENOMEM;
		}
		if (arg.walk_end <= arg.start)
			return -EIO;
		arg.start = arg.walk_end;
	}
	return 0;
}

/* Adds the runs of equal, non-zero values of how[], a page each. */
static int add_runs(struct page_list *list, uint64_t addr,
		    const unsigned char *how, size_t n, uint32_t run_max)
{
	size_t i = 0, j;

	for (; i < n; i = j) {
		for (j = i + 1; j < n && how[j] == how[i]; j++)
			;
		if (how[i] &&
		    list_add(list, addr + i * IMAGE_PAGE, addr + j * IMAGE_PAGE,
			     how[i] == 2 ? READ_DIRECT : READ_COPY, run_max))
			return -ENOMEM;
	}
	return 0;
}

#define WINDOW 65536UL /* pages looked at in one go by the slower finders */

static int how_pagemap(int fd, const struct image_region *r, uint64_t addr,
		       size_t n, unsigned char *how)
{
	uint64_t entry[1024];
	size_t i = 0;

	while (i < n) {
		size_t want = n - i < 1024 ? n - i : 1024;
		ssize_t got = pread(fd, entry, want * 8,
				    (off_t)((addr / IMAGE_PAGE + i) * 8));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 8)
			return got < 0 ? -errno : -EIO;
		for (size_t k = 0; k < (size_t)got / 8; k++, i++) {
			if (!(entry[k] & (PM_PRESENT | PM_SWAPPED)))
				how[i] = 0;
			else if (entry[k] & PM_SWAPPED)
				how[i] = 1;
			else
				how[i] = (r->prot & PROT_READ) ? 2 : 1;
		}
	}
	return 0;
}

static int how_mincore(uint64_t addr, size_t n, unsigned char *how)
{
	if (mincore((void *)addr, n * IMAGE_PAGE, how))
		return -errno;
	for (size_t i = 0; i < n; i++)
		how[i] &= 1;
	return 0;
}

static int find_windows(int fd, const struct image_region *r, uint32_t run_max,
			struct page_list *list)
{
	unsigned char *how = malloc(WINDOW);
	uint64_t at = 0;
	int rc = how ? 0 : -ENOMEM;

	while (!rc && at < r->len) {
		size_t n = (r->len - at) / IMAGE_PAGE;

		if (n > WINDOW)
			n = WINDOW;
		if (r->flags & REGION_SHARED)
			rc = how_mincore(r->start + at, n, how);
		else
			rc = how_pagemap(fd, r, r->start + at, n, how);
		if (!rc)
			rc = add_runs(list, r->start + at, how, n, run_max);
		at += n * IMAGE_PAGE;
	}
	free(how);
	return rc;
}

/* Pages of the region that have a part of [from, to) of its file, from *done
 * on: small blocks can share one. */
static int add_extent(struct page_list *list, const struct image_region *r,
		      uint64_t from, uint64_t to, uint64_t *done,
		      uint32_t run_max)
{
	uint64_t end = r->offset + r->len;

	from &= ~(IMAGE_PAGE - 1);
	to = (to + IMAGE_PAGE - 1) & ~(IMAGE_PAGE - 1);
	if (from < *done)
		from = *done;
	if (to > end)
		to = end;
	if (from >= to)
		return 0;
	*done = to;
	return list_add(list, r->start + (from - r->offset),
			r->start + (to - r->offset), READ_STRICT, run_max);
}

/* The descriptor's offset is the program's, so it is put back. -EINVAL: the
 * file system does not know. */
static int find_data(const struct image_region *r, uint32_t run_max,
		     struct page_list *list)
{
	int fd = r->data_fd - 1, rc = 0;
	off_t was = lseek(fd, 0, SEEK_CUR), end = (off_t)(r->offset + r->len);
	off_t from, to = (off_t)r->offset;
	uint64_t done = r->offset;

	while (!rc && to < end) {
		from = lseek(fd, to, SEEK_DATA);
		if (from < 0 && errno == ENXIO)
			break; /* holes to the end */
		to = from < 0 ? -1 : lseek(fd, from, SEEK_HOLE);
		if (to < 0)
			rc = -errno;
		else if (from < end)
			rc = add_extent(list, r, (uint64_t)from, (uint64_t)to,
					&done, run_max);
	}
	if (was >= 0 && lseek(fd, was, SEEK_SET) < 0 && !rc)
		rc = -errno;
	return rc;
}

static int swap_in_use(void)
{
	struct sysinfo si;

	return sysinfo(&si) || si.freeswap != si.totalswap;
}

int pages_find(int pagemap_fd, const struct image_region *r, uint32_t run_max,
	       struct page_list *list)
{
	size_t n = list->n;
	uint64_t pages = list->pages;
	int rc = -EINVAL;

	if (!r->data_fd)
		rc = find_guards(pagemap_fd, r->start, r->start + r->len, list);
	if (rc < 0 && rc != -EINVAL)
		return rc;
	list->shows_guards = !rc;
	if (r->flags & REGION_NODATA)
		return 0;
	rc = -EINVAL;
	if (r->data_fd)
		rc = find_data(r, run_max, list);
	else if (r->flags & REGION_SHARED && r->shmem && !swap_in_use())
		return find_windows(pagemap_fd, r, run_max, list);
	else if (!(r->flags & (REGION_FILE | REGION_SHARED)))
		rc = find_scan(pagemap_fd, r, run_max, list);
	if (rc != -ENOTTY && rc != -EINVAL)
		return rc;
	list->n = n;
	list->pages = pages;
	if (r->flags & (REGION_FILE | REGION_SHARED))
		return list_add(list, r->start, r->start + r->len, READ_COPY,
				run_max);
	return find_windows(pagemap_fd, r, run_max, list);
}

int page_is_zero(const void *p)
{
	typedef uint64_t vec __attribute__((vector_size(16), may_alias));
	const vec *v = p, *end = v + IMAGE_PAGE / sizeof(vec);

	for (; v < end; v += 8) {
		vec o = (v[0] | v[1]) | (v[2] | v[3]) | (v[4] | v[5]) |
			(v[6] | v[7]);

		if (o[0] | o[1])
			return 0;
	}
	return 1;
}
