/* SPDX-License-Identifier: MIT */
/* fd.c - which descriptors are the application's
 *
 * Freestanding. One byte a descriptor, grown as needed. Bytes are written by
 * the thread that made the system call; the kernel gives out each number once.
 */
#include <errno.h>
#include "../common/keep.h"
#include "fd.h"
#include "half_hooks.h"
#include "../common/sync.h"

#define PROTECTED 16

struct fds {
	int cap;
	uint8_t *owner;
};

static int protected_fds[PROTECTED];
static int n_protected;

static struct fds *fds_get(void)
{
	return KEEP_ROOT->fds;
}

int fd_create(void)
{
	struct fds *f = keep_alloc_hook(sizeof(*f));

	if (!f)
		return -ENOMEM;
	f->cap = 1024;
	f->owner = keep_alloc_hook((size_t)f->cap);
	KEEP_ROOT->fds = f;
	return f->owner ? 0 : -ENOMEM;
}

void fd_own(int fd, enum fd_owner owner)
{
	struct fds *f = fds_get();
	struct hold h;

	if (fd < 0 || half_is_child())
		return;
	sync_lock(LOCK_FDS, &h);
	if (fd >= f->cap && owner) {
		int cap = 2 * f->cap > fd ? 2 * f->cap : fd + 1;
		uint8_t *p = keep_realloc(f->owner, (size_t)cap);

		if (p) {
			f->owner = p;
			f->cap = cap;
		}
	}
	if (fd < f->cap)
		f->owner[fd] = (uint8_t)owner;
	sync_unlock(LOCK_FDS, &h);
}

enum fd_owner fd_owner(int fd)
{
	struct fds *f = fds_get();

	return fd >= 0 && fd < f->cap ? f->owner[fd] : FD_LOWER;
}

void fd_copy(int from, int to)
{
	fd_own(to, fd_owner(from) ? fd_owner(from) : FD_UPPER);
}

int fd_limit(void)
{
	return fds_get()->cap;
}

void fd_protect(int fd)
{
	if (fd >= 0 && n_protected < PROTECTED)
		protected_fds[n_protected++] = fd;
}

void fd_unprotect(int fd)
{
	int i;

	for (i = 0; i < n_protected; i++)
		if (protected_fds[i] == fd)
			protected_fds[i] = protected_fds[--n_protected];
}

int fd_protected(int fd)
{
	int i;

	for (i = 0; i < n_protected; i++)
		if (protected_fds[i] == fd)
			return 1;
	return 0;
}
