/* SPDX-License-Identifier: MIT */
/* vm.c - where the upper half's memory lies
 *
 * Freestanding. The arena's unused parts are a sorted array of ranges, first
 * fit, so that freed address space is used again and page tables stay small.
 * The array says what we believe; MAP_FIXED_NOREPLACE makes the kernel check
 * it, and a surprise (a mapping made past our hooks) only costs address space.
 */
#include <errno.h>
#include <linux/mman.h>
#include "../common/keep.h"
#include "../common/lower_hooks.h"
#include "../common/page.h"
#include "../common/sync.h"
#include "range.h"
#include "vm.h"

#define BRK_SIZE 0x4000000000UL /* address space only: 256 GiB */
#define REACH	 0x70000000UL	/* well within a jmp rel32 */
#define PROT_RW	 3

struct vm {
	struct range_list free;	 /* unused parts of the arena, sorted */
	struct range_list extra; /* upper mappings outside it, sorted */
	uint64_t brk_start, brk;
};

static struct vm *vm_get(void)
{
	return KEEP_ROOT->vm;
}

int vm_create(void)
{
	struct vm *v = keep_alloc_hook(sizeof(*v));

	if (!v)
		return -ENOMEM;
	v->free.cap = v->extra.cap = 64;
	v->free.at = keep_alloc_hook(v->free.cap * sizeof(struct range));
	v->extra.at = keep_alloc_hook(v->extra.cap * sizeof(struct range));
	if (!v->free.at || !v->extra.at)
		return -ENOMEM;
	v->brk_start = v->brk = ROOM_BASE;
	range_add(&v->free, ROOM_BASE + BRK_SIZE, ARENA_END);
	KEEP_ROOT->vm = v;
	return 0;
}

/* Finds an address in r with room for what is asked for; 0: there is none. */
typedef uint64_t fit_fn(struct range r, uint64_t len, uint64_t asked);

static uint64_t fit_aligned(struct range r, uint64_t len, uint64_t align)
{
	uint64_t at = (r.start + align - 1) & ~(align - 1);

	return at < r.end && r.end - at >= len ? at : 0;
}

static uint64_t fit_near(struct range r, uint64_t len, uint64_t addr)
{
	if (r.end - r.start < len)
		return 0;
	if (r.end <= addr && addr - (r.end - len) < REACH)
		return r.end - len;
	return r.start >= addr && r.start - addr < REACH ? r.start : 0;
}

static inline uint64_t take(fit_fn *fit, uint64_t len, uint64_t asked)
{
	struct vm *v = vm_get();
	uint64_t a = 0;
	struct hold h;
	size_t i;

	len = page_up(len);
	sync_lock(LOCK_VM, &h);
	for (i = 0; i < v->free.n && !a; i++)
		a = fit(v->free.at[i], len, asked);
	if (a)
		range_remove(&v->free, a, a + len);
	sync_unlock(LOCK_VM, &h);
	return a;
}

uint64_t vm_take(uint64_t len, uint64_t align)
{
	return take(fit_aligned, len, align);
}

uint64_t vm_take_near(uint64_t addr, uint64_t len)
{
	return take(fit_near, len, addr);
}

static int in_arena(uint64_t start, uint64_t end)
{
	return start < ARENA_END && end > ARENA_BASE;
}

void vm_give(uint64_t start, uint64_t len)
{
	struct vm *v = vm_get();
	uint64_t end = start + page_up(len);
	struct hold h;

	if (!in_arena(start, end))
		return;
	if (start < ROOM_BASE + BRK_SIZE)
		start = ROOM_BASE + BRK_SIZE;
	sync_lock(LOCK_VM, &h);
	if (start < end)
		range_add(&v->free, start, end < ARENA_END ? end : ARENA_END);
	sync_unlock(LOCK_VM, &h);
}

void vm_account(uint64_t start, uint64_t len)
{
	struct vm *v = vm_get();
	uint64_t end = start + page_up(len);
	struct hold h;

	sync_lock(LOCK_VM, &h);
	if (in_arena(start, end))
		range_remove(&v->free, start, end);
	else
		range_add(&v->extra, start, end);
	sync_unlock(LOCK_VM, &h);
	if (!in_arena(start, end))
		lower_gives(start, end);
}

void vm_forget(uint64_t start, uint64_t end)
{
	struct vm *v = vm_get();
	struct hold h;

	sync_lock(LOCK_VM, &h);
	range_remove(&v->extra, start, end);
	sync_unlock(LOCK_VM, &h);
}

void vm_leave(uint64_t start, uint64_t len, struct vm_left *l)
{
	struct vm *v = vm_get();
	uint64_t end = start + page_up(len);
	struct range r;
	struct hold h;
	size_t i;

	l->n = 0;
	if (start >= ARENA_BASE && end <= ARENA_END)
		return;
	sync_lock(LOCK_VM, &h);
	for (i = range_find(&v->extra, start);
	     i < v->extra.n && v->extra.at[i].start < end; i++) {
		r = v->extra.at[i];
		r.start = r.start < start ? start : r.start;
		r.end = r.end > end ? end : r.end;
		if (l->n == sizeof(l->at) / sizeof(l->at[0]))
			l->at[l->n - 1].end = r.end;
		else
			l->at[l->n++] = r;
	}
	range_remove(&v->extra, start, end);
	sync_unlock(LOCK_VM, &h);
}

void vm_back(const struct vm_left *l)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		vm_account(l->at[i].start, l->at[i].end - l->at[i].start);
}

static long brk_move(struct vm *v, uint64_t to)
{
	uint64_t have = page_up(v->brk), want = page_up(to);
	long rc = 0;

	if (want > have)
		rc = raw_syscall6(
			SYS_mmap, (long)have, (long)(want - have), PROT_RW,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1,
			0);
	else if (want < have)
		rc = raw_syscall2(SYS_munmap, (long)want, (long)(have - want));
	return rc;
}

/* brk(2) within an area of the arena; the old value on failure. */
long vm_brk(uint64_t to)
{
	struct vm *v = vm_get();
	struct hold h;
	long rc;

	sync_lock(LOCK_VM, &h);
	if (to >= v->brk_start && to <= v->brk_start + BRK_SIZE &&
	    brk_move(v, to) >= 0)
		v->brk = to;
	rc = (long)v->brk;
	sync_unlock(LOCK_VM, &h);
	return rc;
}

int vm_is_upper(uint64_t addr)
{
	struct vm *v = vm_get();
	struct hold h;
	size_t i;
	int upper;

	if (addr >= ARENA_BASE && addr < ARENA_END)
		return addr >= ARENA_BASE + GATE_SIZE;
	if (!v)
		return 0;
	sync_lock(LOCK_VM, &h);
	i = range_find(&v->extra, addr);
	upper = i < v->extra.n && v->extra.at[i].start <= addr;
	sync_unlock(LOCK_VM, &h);
	return upper;
}

int vm_extra(size_t i, struct range *r)
{
	struct vm *v = vm_get();

	if (i >= v->extra.n)
		return 0;
	*r = v->extra.at[i];
	return 1;
}
