/* SPDX-License-Identifier: MIT */
/* sites_none.c - built without Zydis: nothing is decoded (docs/limits.md) */
#include <errno.h>
#include "sites.h"

long sites_find(int fd, uint64_t off, uint64_t start, uint64_t len, int all,
		struct site *out, size_t max, size_t *lost)
{
	(void)fd, (void)off, (void)start, (void)len, (void)all;
	(void)out, (void)max;
	*lost = 0;
	return -ENOTSUP;
}
