/* SPDX-License-Identifier: MIT */
/* sites_patch.c - system call instructions that are found get their islands */
#include <errno.h>
#include <stdlib.h>
#include "../common/lower.h"
#include "../common/lower_hooks.h"
#include "../upper-half/unsaved.h"
#include "park.h"
#include "sites.h"

#define SITES_MAX 4096

long cross_keep(long (*fn)(long, long, long, long, long), long a, long b,
		long c, long d, long e);

void sites_patch(int fd, uint64_t off, uint64_t start, uint64_t len, long prot)
{
	struct site *s = calloc(SITES_MAX, sizeof(*s));
	int all = (prot & SITES_ALL) != 0;
	size_t lost = 0;
	long n = s ? sites_find(fd, off, start, len, all, s, SITES_MAX, &lost) :
		     -ENOMEM;

	prot &= ~(long)SITES_ALL;
	if (n > 0)
		n = island_patch_sites(s, (size_t)n, start, len, prot);
	else if (n < 0 && all)
		n = island_patch(start, len, prot);
	else
		n = 0;
	if (n < 0)
		lost++;
	if (lost)
		unsaved_note(UNSAVED_LIBRARY);
	free(s);
}

static long lower_patch(long fd, long off, long start, long len, long prot)
{
	sites_patch((int)fd, (uint64_t)off, (uint64_t)start, (uint64_t)len,
		    prot);
	return 0;
}

void half_sites(struct thread *t, long fd, long off, long start, long len,
		long prot)
{
	uint64_t back;

	if (!t->lower_fs)
		park_attach();
	back = gate_enter(t);
	cross_keep(lower_patch, fd, off, start, len, prot);
	gate_leave(t, back);
}
