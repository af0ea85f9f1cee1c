/* SPDX-License-Identifier: MIT */
/* island.c - system call sites and their islands (x86_64)
 *
 * Freestanding. Sites: site.h, and lower-half/sites.c for those that are found
 * by decoding. An island leaves the red zone alone, keeps every register but
 * rax, rcx and r11, and is one 128-byte slot:
 *    0 lea -128(%rsp),%rsp	 64 syscall
 *    5 mov $NR,%eax | nop	 66 movabs $&GATE->after,%r11
 *   10 movabs $&GATE->hook,%r11	 76 call *(%r11)
 *   20 call *(%r11)		 79 lea 128(%rsp),%rsp
 *   23 test %r11d,%r11d	 87 [what was moved]; jmp back
 *   26 jnz 30
 *   28 syscall
 *   30 lea 128(%rsp),%rsp
 *   38 [what was moved]; jmp back
 * The hook returns to 64, the tail, when it wants to be asked again after the
 * call (HOOK_AFTER; hook.S counts the bytes). What is moved from before a call
 * is at 108, with a jump to 0, and is where its site leads.
 */
#include <errno.h>
#include <linux/mman.h>
#include "../common/keep.h"
#include "../common/sync.h"
#include "hook.h"
#include "ids.h"
#include "island.h"
#include "vm.h"

#define SLOT	  128UL
#define POOL	  0x10000UL
#define AT_HOOKED  23
#define AT_SYSCALL 28
#define AT_TAIL	   64
#define AT_BEFORE  108

struct pool {
	struct pool *next;
	uint64_t start, used;
};

/* The list hangs on a fixed place so that it survives the lower half. */
struct pools {
	struct pool *first;
};

static struct pools *pools_get(void)
{
	struct keep_root *r = KEEP_ROOT;

	if (!r->islands)
		r->islands = keep_alloc_hook(sizeof(struct pools));
	return r->islands;
}

static int within_reach(uint64_t a, uint64_t b)
{
	return (a > b ? a - b : b - a) < 0x7f000000UL;
}

static struct pool *pool_new(struct pools *ps, uint64_t site)
{
	struct pool *p = keep_alloc_hook(sizeof(*p));
	uint64_t a = vm_take_near(site, POOL);
	long r = -ENOMEM;

	if (p && a)
		r = raw_syscall6(SYS_mmap, (long)a, POOL, 7 /* rwx */,
				 MAP_PRIVATE | MAP_ANONYMOUS |
					 MAP_FIXED_NOREPLACE,
				 -1, 0);
	if (p && !a) { /* a program at its own address: anywhere near it */
		for (a = (site & ~(POOL - 1)) + (16UL << 20);
		     r < 0 && within_reach(a, site); a += 16UL << 20)
			r = raw_syscall6(SYS_mmap, (long)a, POOL, 7,
					 MAP_PRIVATE | MAP_ANONYMOUS |
						 MAP_FIXED_NOREPLACE,
					 -1, 0);
		a = (uint64_t)r;
		if (r >= 0)
			vm_account(a, POOL);
	}
	if (r < 0) {
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
	sync_lock(LOCK_ISLANDS, &h);
	for (p = ps->first; p; p = p->next)
		if (p->used + SLOT <= POOL && within_reach(p->start, site))
			break;
	if (!p)
		p = pool_new(ps, site);
	if (p) {
		s = (uint8_t *)(p->start + p->used);
		p->used += SLOT;
	}
	sync_unlock(LOCK_ISLANDS, &h);
	return s;
}

static uint8_t *put(uint8_t *s, const char *bytes, int n)
{
	while (n--)
		*s++ = (uint8_t)*bytes++;
	return s;
}

static uint8_t *put64(uint8_t *s, uint64_t v)
{
	int i;

	for (i = 0; i < 8; i++, v >>= 8)
		*s++ = (uint8_t)v;
	return s;
}

/* n bytes of code, from at, with their displacement as it is from here. */
static uint8_t *put_moved(uint8_t *s, uint64_t at, int n, int fix)
{
	int64_t d;
	int i;

	for (i = 0; i < n; i++)
		s[i] = ((const uint8_t *)at)[i];
	if (fix) {
		d = *(const int32_t *)(at + fix) + (int64_t)(at - (uint64_t)s);
		*(int32_t *)(s + fix) = (int32_t)d;
		if (d != (int32_t)d)
			return NULL;
	}
	return s + n;
}

static uint8_t *leave(uint8_t *s, const struct site *site)
{
	s = put(s, "\x48\x8d\xa4\x24\x80\x00\x00\x00", 8);
	s = put_moved(s, site->call + 2, site->after, site->fix_after);
	return s ? site_jump(s, site->back) : NULL;
}

/* 0: what is moved along reaches too far. */
static int slot_write(uint8_t *slot, const struct site *site)
{
	uint8_t *s = slot;
	long nr = site->nr;

	s = put(s, "\x48\x8d\x64\x24\x80", 5);
	if (nr >= 0) {
		char mov[5] = { '\xb8', (char)nr, (char)(nr >> 8), 0, 0 };

		s = put(s, mov, 5);
	} else {
		s = put(s, "\x0f\x1f\x44\x00\x00", 5);
	}
	s = put64(put(s, "\x49\xbb", 2), (uint64_t)&GATE->hook);
	s = put(s, "\x41\xff\x13\x45\x85\xdb\x75\x02\x0f\x05", 10);
	if (!leave(s, site))
		return 0;
	s = put(slot + AT_TAIL, "\x0f\x05\x49\xbb", 4);
	s = put(put64(s, (uint64_t)&GATE->after), "\x41\xff\x13", 3);
	if (!leave(s, site))
		return 0;
	s = put_moved(slot + AT_BEFORE, site->at, site->before,
		      site->fix_before);
	if (s)
		site_jump(s, (uint64_t)slot);
	return s != NULL;
}

static uint64_t found[8]; /* numbers patched by the last island_patch */

int island_found(long nr)
{
	return found[nr / 64 % 8] >> nr % 64 & 1;
}

static int site_patch(const struct site *s)
{
	uint8_t *slot = slot_new(s->at);
	long nr = s->nr < 0 ? SYS_exit_group : s->nr;

	if (!slot || !slot_write(slot, s))
		return -ENOMEM;
	if (s->after != 5)
		found[nr / 64 % 8] |= 1UL << nr % 64;
	site_jump((uint8_t *)s->at,
		 (uint64_t)slot + (s->before ? AT_BEFORE : 0));
	return 0;
}

long island_patch(uint64_t start, uint64_t len, long prot)
{
	const uint8_t *p = (const uint8_t *)start;
	const uint8_t *end = p + len;
	long n = 0, r = 0;
	struct site s;
	int i;

	for (i = 0; i < 8; i++)
		found[i] = 0;
	for (; p + 1 < end; p++) {
		if (p[0] != 0x0f || p[1] != 0x05 ||
		    !site_find(p, (const uint8_t *)start, end, hook_wants, &s))
			continue;
		if (n++ == 0)
			r = raw_syscall3(SYS_mprotect, (long)start, (long)len,
					 prot | 2);
		if (r == 0)
			r = site_patch(&s);
		if (r < 0)
			break;
	}
	if (n)
		raw_syscall3(SYS_mprotect, (long)start, (long)len, prot);
	return r < 0 ? r : n;
}

long island_patch_sites(const struct site *s, size_t n, uint64_t start,
			uint64_t len, long prot)
{
	long r = raw_syscall3(SYS_mprotect, (long)start, (long)len, prot | 2);
	size_t i;

	for (i = 0; i < n && r == 0; i++)
		r = site_patch(&s[i]);
	raw_syscall3(SYS_mprotect, (long)start, (long)len, prot);
	return r < 0 ? r : (long)n;
}

enum island_place island_at(uint64_t pc, uint64_t *call)
{
	struct pools *ps = pools_get();
	uint64_t slot = pc & ~(SLOT - 1);
	struct pool *p;

	for (p = ps ? ps->first : NULL; p; p = p->next)
		if (pc >= p->start && pc < p->start + POOL)
			break;
	if (!p)
		return ISLAND_NONE;
	*call = slot + (pc - slot >= AT_TAIL && pc - slot < AT_BEFORE ?
				AT_TAIL :
				AT_SYSCALL);
	return pc > *call && pc - slot < AT_BEFORE ? ISLAND_AFTER :
						     ISLAND_BEFORE;
}

/* Also in the vDSO's image, which makes a call as an island does (vdso.S). What
 * is called in the tail was seen to, but nothing was noted. */
int island_between(uint64_t pc, long rax)
{
	uint64_t call;

	if (pc >= VDSO_IMAGE && pc < VDSO_IMAGE + 4096)
		return rax == SYS_clock_gettime || rax == SYS_clock_getres;
	if (island_at(pc, &call) != ISLAND_BEFORE || call % SLOT == AT_TAIL ||
	    pc > call || pc < call - AT_SYSCALL + AT_HOOKED)
		return 0;
	return pc < call || hook_binds(rax);
}

void island_restart(greg_t *g)
{
	static const int8_t reg[6] = { REG_RDI, REG_RSI, REG_RDX,
				       REG_R10, REG_R8,	 REG_R9 };
	const struct hook_regs *k = (const struct hook_regs *)g[REG_RSP] - 1;
	uint64_t pc = (uint64_t)g[REG_RIP], call;
	int i, tail;

	if (island_at(pc, &call) != ISLAND_BEFORE || pc != call ||
	    k->nr != g[REG_RAX] || k->nr < 0 || k->nr >= HOOK_NR_MAX)
		return;
	tail = call % SLOT == AT_TAIL;
	if (!tail && !ids_names(k->nr))
		return;
	/* Else they are as the program set them, and perhaps not noted. */
	for (i = 0; i < 6 && tail; i++)
		g[reg[i]] = k->was[i];
	g[REG_RSP] += 128;
	g[REG_RIP] = (greg_t)(pc & ~(SLOT - 1));
}
