/* SPDX-License-Identifier: MIT */
/* hook_memory.c - hooks of the system calls that map memory, and advise on it
 *
 * Freestanding; see hook.c. vm.c and vm_calls.c say where memory goes.
 */
#include <errno.h>
#include <linux/mman.h>
#include <stddef.h>
#include <sys/stat.h>
#include "../common/lower_hooks.h"
#include "../common/sync.h"
#include "app.h"
#include "hook_memory.h"
#include "trampoline.h"
#include "unsaved.h"
#include "vm_calls.h"
#include "vm.h"

#define PROT_X 4
#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#endif

static int libc_fd = -1; /* the C library being loaded */

void hook_libc(int fd)
{
	libc_fd = fd;
}

void hook_libc_closed(int fd)
{
	if (fd == libc_fd)
		libc_fd = -1;
}

static struct {
	uint64_t dev, ino;
} fronts[8];

static int is_front(const struct stat *st)
{
	size_t i;

	for (i = 0; i < sizeof(fronts) / sizeof(fronts[0]); i++)
		if (fronts[i].ino == st->st_ino && fronts[i].dev == st->st_dev)
			return 1;
	return 0;
}

void hook_front(int fd)
{
	struct stat st;
	struct hold h;
	size_t i = 0;

	if (raw_syscall2(SYS_fstat, fd, (long)&st) < 0)
		return;
	sync_lock(LOCK_SITES, &h);
	while (i < sizeof(fronts) / sizeof(fronts[0]) - 1 && fronts[i].ino)
		i++;
	if (!is_front(&st)) {
		fronts[i].dev = st.st_dev;
		fronts[i].ino = st.st_ino;
	}
	sync_unlock(LOCK_SITES, &h);
}

/* Without these calls the application would run beyond our control, so it does
 * not even begin. libc has its calls that wait either with their numbers, or
 * all in one place. */
static void libc_check(void)
{
	static const short needed[] = { SYS_mmap,	SYS_munmap,
					SYS_mremap,	SYS_brk,
					SYS_clone3,	SYS_exit,
					SYS_openat,	SYS_close,
					SYS_exit_group, SYS_rt_sigaction };
	int all = trampoline_found(SYS_poll) ||
		  trampoline_found(TRAMPOLINE_CANCEL);
	size_t i;

	libc_fd = -1;
	for (i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		all = all && trampoline_found(needed[i]);
	if (!all)
		lower_die("libc.so.6: its system calls are not where they are "
			  "looked for: run the program with the C library of "
			  "this system");
}

/* How much of a mapping is file: ld.so maps a library's bss with it, and what
 * begins behind the file's last page cannot even be read. */
static uint64_t mapped_file(const struct hook_regs *r, const struct stat *st)
{
	uint64_t size;

	if (st->st_size <= r->a[5])
		return 0;
	size = (uint64_t)(st->st_size - r->a[5]);
	return size < (uint64_t)r->a[1] ? size : (uint64_t)r->a[1];
}

static void look_at_code(const struct hook_regs *r, struct thread *t,
			 uint64_t at)
{
	struct site_code c = { .off = (uint64_t)r->a[5],
			       .start = at,
			       .prot = r->a[2],
			       .fd = (int)r->a[4] };
	struct stat st;
	struct hold h;

	if (raw_syscall2(SYS_fstat, r->a[4], (long)&st) < 0)
		return;
	c.len = mapped_file(r, &st);
	sync_lock(LOCK_SITES, &h); /* protects what was found */
	if (is_front(&st)) {
		sync_unlock(LOCK_SITES, &h);
		return;
	}
	c.all = r->a[4] != libc_fd;
	if (!c.all && trampoline_patch(at, c.len, c.prot) < 0)
		unsaved_note(UNSAVED_LIBRARY);
	else if (!c.all)
		libc_check();
	sync_unlock(LOCK_SITES, &h);
	lower_sites(t, &c);
}

long hook_mmap(struct hook_regs *r, struct thread *t)
{
	long a = vm_mmap((uint64_t)r->a[0], (uint64_t)r->a[1], r->a[2], r->a[3],
			 r->a[4], r->a[5]);

	if (a >= 0 && (r->a[2] & PROT_X) && r->a[4] >= 0)
		look_at_code(r, t, (uint64_t)a);
	if (a >= 0 && r->a[3] & MAP_LOCKED)
		APP->advised = 1;
	if (a >= 0 && r->a[3] & MAP_GROWSDOWN)
		unsaved_note(UNSAVED_GROWSDOWN);
	return hook_done(r, a);
}

long hook_munmap(struct hook_regs *r, struct thread *t)
{
	(void)t;
	return hook_done(r, vm_munmap((uint64_t)r->a[0], (uint64_t)r->a[1]));
}

long hook_mremap(struct hook_regs *r, struct thread *t)
{
	(void)t;
	return hook_done(r, vm_mremap((uint64_t)r->a[0], (uint64_t)r->a[1],
				      (uint64_t)r->a[2], r->a[3],
				      (uint64_t)r->a[4]));
}

/* Advice that the kernel keeps with the mapping. */
static int stays(long advice)
{
	return advice <= MADV_SEQUENTIAL ||
	       (advice >= MADV_DONTFORK && advice <= MADV_KEEPONFORK);
}

long hook_mlock(struct hook_regs *r, struct thread *t)
{
	(void)t;
	APP->advised = 1;
	r->nr = hook_raw(r);
	return HOOK_DONE;
}

long hook_mlockall(struct hook_regs *r, struct thread *t)
{
	long nr = r->nr;

	hook_mlock(r, t);
	if (r->nr == 0)
		APP->lock_future = nr == SYS_mlockall && r->a[0] & MCL_FUTURE ?
					   (int)r->a[0] & ~MCL_CURRENT :
					   0;
	return HOOK_DONE;
}

long hook_madvise(struct hook_regs *r, struct thread *t)
{
	long rc;

	(void)t;
	if (stays(r->a[2]))
		APP->advised = 1;
	if (r->a[2] != MADV_DONTNEED && r->a[2] != MADV_FREE &&
	    r->a[2] != MADV_REMOVE && r->a[2] != MADV_GUARD_INSTALL)
		return HOOK_RAW;
	rc = vm_madvise((uint64_t)r->a[0], (uint64_t)r->a[1], r->a[2]);
	if (!rc && r->a[2] == MADV_GUARD_INSTALL)
		APP->guarded = 1;
	return hook_done(r, rc);
}

long hook_brk(struct hook_regs *r, struct thread *t)
{
	(void)t;
	return hook_done(r, vm_brk((uint64_t)r->a[0]));
}
