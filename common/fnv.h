/* SPDX-License-Identifier: MIT */
/* fnv.h - a hash of a few short texts: FNV-1a of 64 bits */
#ifndef MANA_FNV_H
#define MANA_FNV_H

#include <stdint.h>

#define FNV_BEGIN 14695981039346656037UL

static inline uint64_t fnv_add(uint64_t h, char c)
{
	return (h ^ (unsigned char)c) * 1099511628211UL;
}

#endif
