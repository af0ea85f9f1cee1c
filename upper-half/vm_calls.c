/* SPDX-License-Identifier: MIT */
/* vm_calls.c - the application's mmap, munmap, mremap and madvise
 *
 * Freestanding. Each makes the call and keeps the account of vm.c.
 */
#include <errno.h>
#include <linux/mman.h>
#include "../common/lower_hooks.h"
#include "../common/page.h"
#include "../common/stress.h"
#include "vm.h"
#include "vm_calls.h"

#define HUGE 0x200000UL

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
		rc = raw_syscall6(SYS_mmap, (long)page_down(addr), (long)len,
				  prot, flags | MAP_FIXED_NOREPLACE, fd, off);
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
	struct vm_left l;
	long rc;

	vm_leave(addr, len, &l);
	rc = take_away(SYS_munmap, addr, len, 0, 0, 0);
	STRESS_POINT();
	if (!rc)
		vm_give(addr, len);
	else
		vm_back(&l);
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
	struct vm_left l = { .n = 0 };
	long rc;

	if (!stays)
		vm_leave(old, old_len, &l);
	STRESS_POINT();
	rc = take_away(SYS_mremap, old, old_len, len, flags, to);
	STRESS_POINT();
	if (rc < 0)
		vm_back(&l);
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
	struct vm_left l;
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
	vm_leave(old + len, old_len - len, &l);
	rc = take_away(SYS_mremap, old, old_len, len, flags, to);
	if (rc < 0)
		vm_back(&l);
	else if (len < old_len)
		vm_give(old + len, old_len - len);
	return rc;
}

long vm_madvise(uint64_t addr, uint64_t len, long advice)
{
	return take_away(SYS_madvise, addr, len, (uint64_t)advice, 0, 0);
}
