/* SPDX-License-Identifier: MIT */
/* gs_detour.c - a system call of the lower libc or loader, made elsewhere */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include "gs_detour.h"

#define NEAR 0x70000000UL /* what a jmp rel32 is trusted to reach */
#define SITE 7		  /* mov $NR,%eax; syscall: bytes */
#define JUMP 5

int detour_find(struct detour *d, uint8_t *p, const uint8_t *end)
{
	uint8_t bytes[SITE] = {
		0xb8, (uint8_t)d->nr, (uint8_t)(d->nr >> 8), 0, 0, 0x0f, 0x05
	};

	while ((p = memmem(p, (size_t)(end - p), bytes, SITE))) {
		if (d->n == DETOUR_SITES)
			return -E2BIG;
		d->site[d->n++] = p;
		p += SITE;
	}
	return 0;
}

uint8_t *detour_page(const uint8_t *site)
{
	uint64_t a, first = (uint64_t)site & ~0xffffUL;
	void *m;

	for (a = first - 0x100000; first - a < NEAR; a -= 0x100000) {
		m = mmap((void *)a, 4096, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1,
			 0);
		if (m == (void *)a)
			return m;
		if (m != MAP_FAILED) /* a kernel before 4.17 */
			munmap(m, 4096);
	}
	return NULL;
}

static int prepare(struct detour *d, int i)
{
	size_t n = (size_t)(d->end - d->stub);
	uint64_t words[2] = { (uint64_t)d->site[i] + SITE, d->word };

	d->page[i] = detour_page(d->site[i]);
	if (!d->page[i])
		return -ENOMEM;
	memcpy(d->page[i], d->stub, n);
	memcpy(d->page[i] + n - sizeof(words), words, sizeof(words));
	return mprotect(d->page[i], 4096, PROT_READ | PROT_EXEC) < 0 ? -errno :
								       0;
}

int detour_prepare(struct detour *d)
{
	int i, rc = 0;

	for (i = 0; i < d->n && !rc; i++)
		rc = prepare(d, i);
	return rc;
}

void detour_make(const struct detour *d)
{
	int32_t rel;
	int i;

	for (i = 0; i < d->n; i++) {
		rel = (int32_t)(d->page[i] - (d->site[i] + JUMP));
		memcpy(d->site[i] + 1, &rel, sizeof(rel));
		*d->site[i] = 0xe9;
	}
}
