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
#include "../common/stress.h"
#include "../common/sync.h"
#include "range.h"
#include "vm.h"

#define PAGE	 4096UL
#define HUGE	 0x200000UL
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

static uint64_t page_up(uint64_t v)
{
	return (v + PAGE - 1) & ~(PAGE - 1);
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

uint64_t vm_take(uint64_t len, uint64_t align)
{
	struct vm *v = vm_get();
	uint64_t a = 0;
	struct hold h;
	size_t i;

	len = page_up(len);
	sync_lock(LOCK_VM, &h);
	for (i = 0; i < v->free.n; i++) {
		struct range r = v->free.at[i];
		uint64_t at = (r.start + align - 1) & ~(align - 1);

		if (at < r.end && r.end - at >= len) {
			a = at;
			range_remove(&v->free, a, a + len);
			break;
		}
	}
	sync_unlock(LOCK_VM, &h);
	return a;
}

uint64_t vm_take_near(uint64_t addr, uint64_t len)
{
	struct vm *v = vm_get();
	uint64_t a = 0;
	struct hold h;
	size_t i;

	len = page_up(len);
	sync_lock(LOCK_VM, &h);
	for (i = 0; i < v->free.n && !a; i++) {
		struct range r = v->free.at[i];

		if (r.end - r.start < len)
			continue;
		if (r.end <= addr && addr - (r.end - len) < REACH)
			a = r.end - len;
		else if (r.start >= addr && r.start - addr < REACH)
			a = r.start;
	}
	if (a)
		range_remove(&v->free, a, a + len);
	sync_unlock(LOCK_VM, &h);
	return a;
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

/*
 * Memory outside the arena that is to be given up leaves the list before the
 * kernel takes it away: right afterwards the addresses may be another thread's,
 * whose entry must stay. If the call fails, it comes back onto the list.
 */
struct left {
	struct range at[8];
	size_t n;
};

static void extra_leave(uint64_t start, uint64_t len, struct left *l)
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

static void extra_back(const struct left *l)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		vm_account(l->at[i].start, l->at[i].end - l->at[i].start);
}

/* Makes a call that takes memory away; the MPI library sees it once it is
 * up. */
static long take_away(long nr, uint64_t a, uint64_t b, uint64_t c, long d,
		      uint64_t e)
{
	if (lower_watched())
		return lower_unmap(nr, (long)a, (long)b, (long)c, d, (long)e);
	return raw_syscall5(nr, (long)a, (long)b, (long)c, d, (long)e);
}

/* Some files are mapped where their driver likes and nowhere else. */
static long map_theirs(uint64_t len, long prot, long flags, long fd, long off)
{
	long rc = raw_syscall6(SYS_mmap, 0, (long)len, prot, flags, fd, off);

	if (rc >= 0)
		vm_account((uint64_t)rc, len);
	return rc;
}

/* Map into the arena. A range the kernel finds occupied stays taken. */
static long map_anywhere(uint64_t len, long prot, long flags, long fd, long off)
{
	uint64_t a;
	long rc;

	do {
		a = vm_take(len, len >= HUGE ? HUGE : PAGE);
		if (!a)
			return -ENOMEM;
		STRESS_POINT();
		rc = raw_syscall6(SYS_mmap, (long)a, (long)len, prot,
				  flags | MAP_FIXED_NOREPLACE, fd, off);
	} while (rc == -EEXIST);
	if (rc < 0)
		vm_give(a, len);
	return rc == -EINVAL ? map_theirs(len, prot, flags, fd, off) : rc;
}

long vm_mmap(uint64_t addr, uint64_t len, long prot, long flags, long fd,
	     long off)
{
	long rc = -EEXIST;

	if (len == 0 || page_up(len) < len)
		return len ? -ENOMEM : -EINVAL;
	if (flags & (MAP_FIXED | MAP_FIXED_NOREPLACE | MAP_32BIT))
		rc = raw_syscall6(SYS_mmap, (long)addr, (long)len, prot, flags,
				  fd, off);
	else if (addr >= PAGE) /* a hint: honoured where nothing lies */
		rc = raw_syscall6(SYS_mmap, (long)(addr & ~(PAGE - 1)),
				  (long)len, prot, flags | MAP_FIXED_NOREPLACE,
				  fd, off);
	else
		return map_anywhere(len, prot, flags, fd, off);
	STRESS_POINT();
	if (rc >= 0)
		vm_account((uint64_t)rc, len);
	else if (!(flags & (MAP_FIXED | MAP_FIXED_NOREPLACE | MAP_32BIT)))
		rc = map_anywhere(len, prot, flags, fd, off);
	return rc;
}

long vm_munmap(uint64_t addr, uint64_t len)
{
	struct left l;
	long rc;

	extra_leave(addr, len, &l);
	rc = take_away(SYS_munmap, addr, len, 0, 0, 0);
	STRESS_POINT();
	if (!rc)
		vm_give(addr, len);
	else
		extra_back(&l);
	return rc;
}

/* Reserves a place in the arena by mapping it: mremap(2) replaces whatever is
 * at its new place, and that could be another thread's mapping. */
static long reserve(uint64_t len)
{
	return map_anywhere(len, 0 /* PROT_NONE */,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
}

static long move(uint64_t old, uint64_t old_len, uint64_t len, long flags,
		 uint64_t to)
{
	int stays = !old_len || flags & MREMAP_DONTUNMAP;
	struct left l = { .n = 0 };
	long rc;

	if (!stays)
		extra_leave(old, old_len, &l);
	STRESS_POINT();
	rc = take_away(SYS_mremap, old, old_len, len, flags, to);
	STRESS_POINT();
	if (rc < 0)
		extra_back(&l);
	else if (!stays)
		vm_give(old, old_len);
	return rc;
}

/* Grows the mapping in place when what follows is free, else moves it to a new
 * place in the arena. */
static long remap_grow(uint64_t old, uint64_t old_len, uint64_t len, long flags)
{
	long rc = -ENOMEM, to;

	if (!(flags & MREMAP_DONTUNMAP))
		rc = raw_syscall5(SYS_mremap, (long)old, (long)old_len,
				  (long)len, 0, 0);
	STRESS_POINT();
	if (rc >= 0) {
		vm_account(old, len);
		return rc;
	}
	if (rc != -ENOMEM || !(flags & MREMAP_MAYMOVE))
		return rc;
	to = reserve(len);
	if (to < 0)
		return to;
	rc = move(old, old_len, len, flags | MREMAP_MAYMOVE | MREMAP_FIXED,
		  (uint64_t)to);
	if (rc < 0) {
		raw_syscall2(SYS_munmap, to, (long)len);
		vm_give((uint64_t)to, len);
	}
	return rc;
}

long vm_mremap(uint64_t old, uint64_t old_len, uint64_t len, long flags,
	       uint64_t to)
{
	struct left l;
	long rc;

	old_len = page_up(old_len);
	len = page_up(len);
	if (!(flags & (MREMAP_FIXED | MREMAP_DONTUNMAP)) && len > old_len)
		return remap_grow(old, old_len, len, flags);
	if (!(flags & MREMAP_FIXED) && (flags & MREMAP_DONTUNMAP))
		return remap_grow(old, old_len, len, flags);
	if (flags & MREMAP_FIXED) {
		rc = move(old, old_len, len, flags, to);
		if (rc >= 0)
			vm_account(to, len);
		return rc;
	}
	extra_leave(old + len, old_len - len, &l);
	rc = take_away(SYS_mremap, old, old_len, len, flags, to);
	if (rc < 0)
		extra_back(&l);
	else if (len < old_len)
		vm_give(old + len, old_len - len);
	return rc;
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

long vm_madvise(uint64_t addr, uint64_t len, long advice)
{
	return take_away(SYS_madvise, addr, len, (uint64_t)advice, 0, 0);
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
