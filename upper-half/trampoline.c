/* SPDX-License-Identifier: MIT */
/* trampoline.c - where the trampolines of system call sites are (x86_64)
 *
 * Freestanding. Sites: site.h, and lower-half/sites.c for those that are found
 * by decoding. Trampolines: slot.h.
 */
#include <errno.h>
#include <linux/mman.h>
#include "../common/keep.h"
#include "../common/sync.h"
#include "hook.h"
#include "trampoline.h"
#include "slot.h"
#include "vm.h"

#define POOL 0x10000UL

struct pool {
	struct pool *next;
	uint64_t start, used;
};

/* The list hangs on a fixed place in keep memory, so that it survives the lower
 * half. */
struct pools {
	struct pool *first;
};

static struct pools *pools_get(void)
{
	struct keep_root *r = KEEP_ROOT;

	if (!r->trampolines)
		r->trampolines = keep_alloc_hook(sizeof(struct pools));
	return r->trampolines;
}

static int within_reach(uint64_t a, uint64_t b)
{
	return (a > b ? a - b : b - a) < 0x7f000000UL;
}

static struct pool *pool_new(struct pools *ps, uint64_t site)
{
	struct pool *p = keep_alloc_hook(sizeof(*p));
	uint64_t a = vm_take_near(site, POOL);
	long rc = -ENOMEM;

	if (p && a)
		rc = raw_syscall6(SYS_mmap, (long)a, POOL, 7 /* rwx */,
				  MAP_PRIVATE | MAP_ANONYMOUS |
					  MAP_FIXED_NOREPLACE,
				  -1, 0);
	if (p && !a) { /* a program linked to an address of its own: anywhere
			  near it */
		for (a = (site & ~(POOL - 1)) + (16UL << 20);
		     rc < 0 && within_reach(a, site); a += 16UL << 20)
			rc = raw_syscall6(SYS_mmap, (long)a, POOL, 7,
					  MAP_PRIVATE | MAP_ANONYMOUS |
						  MAP_FIXED_NOREPLACE,
					  -1, 0);
		a = (uint64_t)rc;
		if (rc >= 0)
			vm_account(a, POOL);
	}
	if (rc < 0) {
		keep_free(p);
		return NULL;
	}
	p->start = a;
	p->next = ps->first;
	ps->first = p;
	return p;
}

static uint8_t *slot_new(uint64_t site)
{
	struct pools *ps = pools_get();
	uint8_t *s = NULL;
	struct pool *p;
	struct hold h;

	if (!ps)
		return NULL;
	sync_lock(LOCK_TRAMPOLINES, &h);
	for (p = ps->first; p; p = p->next)
		if (p->used + SLOT <= POOL && within_reach(p->start, site))
			break;
	if (!p)
		p = pool_new(ps, site);
	if (p) {
		s = (uint8_t *)(p->start + p->used);
		p->used += SLOT;
	}
	sync_unlock(LOCK_TRAMPOLINES, &h);
	return s;
}

static uint64_t found[8]; /* numbers patched by the last trampoline_patch */

int trampoline_found(long nr)
{
	return found[nr / 64 % 8] >> nr % 64 & 1;
}

static int site_patch(const struct site *s)
{
	uint8_t *slot = slot_new(s->at);
	long nr = s->kind == SITE_CANCEL     ? TRAMPOLINE_CANCEL :
		  s->nr < 0 && s->after == 6 ? SYS_exit_group :
					       s->nr;

	if (!slot || !slot_write(slot, s))
		return -ENOMEM;
	if (nr >= 0)
		found[nr / 64 % 8] |= 1UL << nr % 64;
	site_jump((uint8_t *)s->at, slot_entry(slot, s));
	return 0;
}

long trampoline_patch(uint64_t start, uint64_t len, long prot)
{
	const uint8_t *p = (const uint8_t *)start;
	const uint8_t *end = p + len;
	long n = 0, rc = 0;
	struct site s;
	int i;

	for (i = 0; i < 8; i++)
		found[i] = 0;
	for (; p + 1 < end; p++) {
		if (p[0] != 0x0f || p[1] != 0x05 ||
		    !site_find(p, (const uint8_t *)start, end, hook_wants, &s))
			continue;
		if (n++ == 0)
			rc = raw_syscall3(SYS_mprotect, (long)start, (long)len,
					  prot | 2);
		if (!rc)
			rc = site_patch(&s);
		if (rc < 0)
			break;
	}
	if (n)
		raw_syscall3(SYS_mprotect, (long)start, (long)len, prot);
	return rc < 0 ? rc : n;
}

long trampoline_patch_sites(const struct site *s, size_t n, uint64_t start,
			    uint64_t len, long prot)
{
	long rc = raw_syscall3(SYS_mprotect, (long)start, (long)len, prot | 2);
	size_t i;

	for (i = 0; i < n && !rc; i++)
		rc = site_patch(&s[i]);
	raw_syscall3(SYS_mprotect, (long)start, (long)len, prot);
	return rc < 0 ? rc : (long)n;
}

static int is_trampoline(uint64_t pc)
{
	struct pools *ps = pools_get();
	struct pool *p;

	for (p = ps ? ps->first : NULL; p; p = p->next)
		if (pc >= p->start && pc < p->start + p->used)
			return 1;
	return 0;
}

enum trampoline_part trampoline_at(uint64_t pc, uint64_t *call)
{
	return is_trampoline(pc) ? slot_at(pc, call) : TRAMPOLINE_NONE;
}

/* The vDSO's image makes a call in the way of a trampoline (vdso.S), so it is
 * asked about as well. */
int trampoline_between(uint64_t pc, long rax)
{
	if (pc >= VDSO_IMAGE && pc < VDSO_IMAGE + 4096)
		return rax == SYS_clock_gettime || rax == SYS_clock_getres;
	return is_trampoline(pc) && slot_between(pc, rax);
}

void trampoline_restart(greg_t *g)
{
	if (is_trampoline((uint64_t)g[REG_RIP]))
		slot_restart(g);
}

void trampoline_leave(greg_t *g)
{
	if (is_trampoline((uint64_t)g[REG_RIP]))
		slot_leave(g);
}
