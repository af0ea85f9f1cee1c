/* SPDX-License-Identifier: MIT */
/* sites_none.c - built without Zydis: nothing is decoded (docs/limits.md) */
#include <errno.h>
#include "sites.h"

long sites_find(const struct site_code *c, struct site *out, size_t max,
		size_t *lost)
{
	(void)c, (void)out, (void)max;
	*lost = 0;
	return -ENOTSUP;
}
