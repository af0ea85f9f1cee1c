/* SPDX-License-Identifier: MIT */
/* hook_fd.c - system calls about descriptors, and what they are opened by
 *
 * Freestanding, as hook.c. Nothing is noted here about whose a descriptor is:
 * that is kept account of where the lower half makes its own
 * (lower-half/own.h).
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include "../common/lower_hooks.h"
#include "app.h"
#include "hook_fd.h"
#include "hook_memory.h"
#include "ids.h"
#include "path.h"
#include "unsaved.h"

/*
 * Files that stand for others are opened here. Any other file may be a FIFO
 * whose other end nobody has opened, so the trampoline opens it.
 */
long hook_open(struct hook_regs *r, struct thread *t)
{
	int i = r->nr == SYS_openat || r->nr == SYS_openat2;
	const char *path = (const char *)r->a[i], *to = path;
	char buf[PATH_IN_PROC];

	(void)t;
	if (i == 0 || path_absolute(path))
		to = path_translate(path_in_proc(path, buf));
	if (to == path && !path_is_libc(path))
		return HOOK_RAW;
	r->a[i] = (long)to;
	hook_done(r, hook_raw(r));
	if (r->nr >= 0 && path_is_libc(path))
		hook_libc((int)r->nr);
	if (r->nr >= 0 && path_is_front(to))
		hook_front((int)r->nr);
	return HOOK_DONE;
}

long hook_readlink(struct hook_regs *r, struct thread *t)
{
	int i = r->nr == SYS_readlinkat;
	const char *path = (const char *)r->a[i], *exe;
	char buf[PATH_IN_PROC];
	long n;

	(void)t;
	if (path_is_exe(path)) {
		exe = APP->exe;
		for (n = 0; n < r->a[i + 2] && exe[n]; n++)
			((char *)r->a[i + 1])[n] = exe[n];
		return hook_done(r, n);
	}
	n = (long)path_link(path, (char *)r->a[i + 1], (size_t)r->a[i + 2]);
	if (n)
		return hook_done(r, n);
	r->a[i] = (long)path_in_proc(path, buf);
	return (const char *)r->a[i] == path ? HOOK_RAW :
					       hook_done(r, hook_raw(r));
}

/* The lower half's descriptors stay open: a program that closes all numbers
 * there are means its own. */
long hook_close(struct hook_regs *r, struct thread *t)
{
	(void)t;
	hook_libc_closed((int)r->a[0]);
	if (!lower_is_child() && lower_owns((int)r->a[0]))
		return hook_done(r, -EBADF);
	return HOOK_RAW;
}

/* Makes one call for each run of numbers in which the lower half has none. */
long hook_close_range(struct hook_regs *r, struct thread *t)
{
	unsigned long from = (uint32_t)r->a[0], last = (uint32_t)r->a[1], to;
	unsigned long most = (unsigned long)lower_owns_most();
	long flags = r->a[2], rc = 0;

	(void)t;
	if (from > last)
		return HOOK_RAW; /* an error */
	while (from <= last && !rc) {
		to = from;
		while (to <= last && to <= most && !lower_owns((int)to))
			to++;
		if (to > most)
			to = last + 1;
		if (to > from)
			rc = raw_syscall3(SYS_close_range, (long)from,
					  (long)(to - 1), flags);
		flags &= ~CLOSE_RANGE_UNSHARE; /* done */
		from = to + 1;
	}
	return hook_done(r, rc);
}

/* The number is the lower half's: the same error as the kernel gives for one
 * that is just being opened. */
long hook_dup_to(struct hook_regs *r, struct thread *t)
{
	(void)t;
	return lower_owns((int)r->a[1]) ? hook_done(r, -EBUSY) : HOOK_RAW;
}

long hook_fcntl(struct hook_regs *r, struct thread *t)
{
	return r->a[1] == F_NOTIFY ? unsaved_call(r, t) : ids_fcntl(r);
}
