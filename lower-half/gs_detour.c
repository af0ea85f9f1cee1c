/* SPDX-License-Identifier: MIT */
/* gs_detour.c - a system call of the lower libc or loader, made elsewhere */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include "gs_detour.h"

#define NEAR 0x70000000UL /* what a jmp rel32 is trusted to reach */
#define SITE 7		  /* mov $NR,%eax; syscall */
#define JUMP 5

/* After the call's number and the syscall instruction: what is to follow? */
static int matches(const uint8_t *p, const struct detour *d)
{
	int i;

	for (i = SITE; i < d->len; i++)
		if (d->bytes[i] != '?' && (uint8_t)d->bytes[i] != p[i])
			return 0;
	return 1;
}

int detour_find(struct detour *d, uint8_t *p, const uint8_t *end)
{
	int n = 0;

	while ((p = memmem(p, (size_t)(end - p), d->bytes, SITE))) {
		if (end - p >= d->len && matches(p, d)) {
			d->site = p;
			n++;
		}
		p++;
	}
	return n;
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

int detour_prepare(struct detour *d)
{
	size_t n = (size_t)(d->end - d->stub);
	uint64_t words[2] = { (uint64_t)d->site + SITE, d->word };

	d->page = detour_page(d->site);
	if (!d->page)
		return -ENOMEM;
	memcpy(d->page, d->stub, n);
	memcpy(d->page + n - sizeof(words), words, sizeof(words));
	return mprotect(d->page, 4096, PROT_READ | PROT_EXEC) < 0 ? -errno : 0;
}

void detour_make(const struct detour *d)
{
	int32_t rel = (int32_t)(d->page - (d->site + JUMP));

	memcpy(d->site + 1, &rel, sizeof(rel));
	*d->site = 0xe9;
}
