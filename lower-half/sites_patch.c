/* SPDX-License-Identifier: MIT */
/* sites_patch.c - system call instructions that are found get their trampolines
 */
#include <errno.h>
#include <stdlib.h>
#include "../common/lower.h"
#include "../common/lower_hooks.h"
#include "../upper-half/unsaved.h"
#include "donor.h"
#include "sites.h"

#define SITES_MAX 4096

long cross_keep(long (*fn)(long, long, long, long, long), long a, long b,
		long c, long d, long e);

void sites_patch(const struct site_code *c)
{
	struct site *s = calloc(SITES_MAX, sizeof(*s));
	size_t lost = 0;
	long n = s ? sites_find(c, s, SITES_MAX, &lost) : -ENOMEM;

	if (n > 0)
		n = trampoline_patch_sites(s, (size_t)n, c->start, c->len,
					   c->prot);
	else if (n < 0 && c->all)
		n = trampoline_patch(c->start, c->len, c->prot);
	else
		n = 0;
	if (n < 0)
		lost++;
	if (lost)
		unsaved_note(UNSAVED_LIBRARY);
	free(s);
}

static long lower_patch(long code, long b, long c, long d, long e)
{
	(void)b, (void)c, (void)d, (void)e;
	sites_patch((const struct site_code *)code);
	return 0;
}

void lower_sites(struct thread *t, const struct site_code *c)
{
	uint64_t back;

	if (!t->lower_fs)
		donor_attach();
	back = gate_enter(t);
	cross_keep(lower_patch, (long)c, 0, 0, 0, 0);
	gate_leave(t, back);
}
