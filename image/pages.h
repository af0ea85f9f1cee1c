/* SPDX-License-Identifier: MIT */
/* pages.h - which pages of a region may hold something */
#ifndef MANA_PAGES_H
#define MANA_PAGES_H

#include <stddef.h>
#include <stdint.h>
#include "image.h"

enum page_how {
	READ_COPY,   /* /proc/self/mem; what cannot be read is zero */
	READ_DIRECT, /* loads from it cannot fault */
	READ_STRICT, /* /proc/self/mem; what cannot be read is an error */
};

struct page_run {
	uint64_t addr;
	uint32_t pages;
	uint32_t how; /* enum page_how */
};

/* Runs in the order they were found. Zero-initialise; free runs and guards at
 * the end. */
struct page_list {
	struct page_run *runs;
	size_t n, max;
	uint64_t pages;
	struct image_guard *guards;
	size_t n_guards, max_guards;
	int shows_guards; /* the kernel */
};

/*
 * Append the pages of region R that may be other than zero, in runs of at most
 * RUN_MAX pages. pagemap_fd is /proc/self/pagemap. Every page left out reads as
 * zero (or cannot be read at all). Time is that of the pages found, not of the
 * region's size, where the kernel has PAGEMAP_SCAN (6.7); 8 bytes a page are
 * read otherwise. 0 or -errno. Guard pages are appended to the guards.
 */
int pages_find(int pagemap_fd, const struct image_region *r, uint32_t run_max,
	       struct page_list *list);

/* 1: the kernel tells which pages are guard pages. */
int pages_show_guards(void);
/* True when the page at P is all zero. */
int page_is_zero(const void *p);

#endif
