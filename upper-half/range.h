/* SPDX-License-Identifier: MIT */
/* range.h - a set of addresses, as a sorted array of ranges
 *
 * Freestanding. The users hold a lock.
 */
#ifndef MANA_RANGE_H
#define MANA_RANGE_H

#include <stddef.h>
#include <stdint.h>

struct range {
	uint64_t start, end;
};

struct range_list {
	struct range *at;
	size_t n, cap;
	int fixed; /* at is not keep memory: the array does not grow */
	int lost;  /* there was no room: the set is not what it should be */
};

/* First entry that ends after addr. */
size_t range_find(const struct range_list *l, uint64_t addr);
/* Add [start, end), which may touch or overlap entries. */
void range_add(struct range_list *l, uint64_t start, uint64_t end);
void range_remove(struct range_list *l, uint64_t start, uint64_t end);

#endif
