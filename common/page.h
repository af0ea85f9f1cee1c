/* SPDX-License-Identifier: MIT */
/* page.h - pages of memory, as the kernel maps them on x86-64
 *
 * Freestanding.
 */
#ifndef MANA_PAGE_H
#define MANA_PAGE_H

#include <stdint.h>

#define PAGE 4096UL

static inline uint64_t page_up(uint64_t v)
{
	return (v + PAGE - 1) & ~(PAGE - 1);
}

static inline uint64_t page_down(uint64_t v)
{
	return v & ~(PAGE - 1);
}

#endif
