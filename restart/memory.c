/* SPDX-License-Identifier: MIT */
/* memory.c - the application's memory, mapped and read
 *
 * Reading takes as long as the disk does, and MPI_Init mostly waits for the
 * launcher: they go side by side.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "../common/live.h"
#include "../common/lower_hooks.h"
#include "../common/monotonic.h"
#include "../common/say.h"
#include "../image/image_file.h"
#include "../image/image_format.h"
#include "../lower-half/core.h"
#include "memory.h"
#include "inodes.h"
#include "shared.h"

/* A file that was sealed against writing is mapped by a descriptor that can
 * only read, but for its window, by which it is filled: with any other mapping
 * by a descriptor that can write it could not be sealed again. */
static int open_inode(const struct image_region *x)
{
	const struct saved_inode *o = inodes_find(x->path);
	int fd = inodes_fd(x->path);
	char link[64];

	if (fd < 0)
		return -ENOENT;
	if (!o || !(o->seals & F_SEAL_WRITE) || x->prot & PROT_WRITE ||
	    !(x->flags & REGION_NODATA))
		return fcntl(fd, F_DUPFD_CLOEXEC, 0);
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	return open(link, O_RDONLY | O_CLOEXEC);
}

static int open_region(const struct image_region *x)
{
	int fd;

	if (!(x->flags & REGION_UNLINKED))
		return shared_open(x);
	fd = open_inode(x);
	return fd == -1 ? -errno : fd;
}

static int map_region(const struct image_region *x)
{
	int flags = MAP_FIXED_NOREPLACE |
		    (x->flags & REGION_SHARED ? MAP_SHARED : MAP_PRIVATE);
	int data = !(x->flags & REGION_NODATA), fd = -1, rc = 0;

	if (region_has_file(x)) {
		fd = open_region(x);
		if (fd < 0)
			return fd;
	} else {
		flags |= MAP_ANONYMOUS | MAP_NORESERVE;
	}
	if (mmap((void *)x->start, x->len,
		 data ? PROT_READ | PROT_WRITE : (int)x->prot, flags, fd,
		 fd < 0 ? 0 : (off_t)x->offset) == MAP_FAILED)
		rc = -errno;
	else if (fd >= 0 && data && !(x->flags & REGION_UNLINKED))
		shared_clear(x);
	if (fd >= 0)
		close(fd);
	if (!rc && !(x->flags & REGION_CONTENTS))
		lower_gives(x->start, x->start + x->len);
	return rc;
}

/* A disk that is full would end the process later, while pages are put into
 * place. Not all file systems can say so now. */
static int make_room(const struct image *img, const struct image_region *x)
{
	int fd = inodes_fd(x->path);
	size_t lo = 0, hi = img->n_runs;
	uint64_t at;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (image_run_addr(img->runs[mid]) < x->start)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < img->n_runs; lo++) {
		at = image_run_addr(img->runs[lo]);
		if (at >= x->start + x->len)
			break;
		if (fallocate(fd, FALLOC_FL_KEEP_SIZE,
			      (off_t)(at - x->start + x->offset),
			      (off_t)image_run_len(img->runs[lo])) < 0 &&
		    errno != EOPNOTSUPP)
			return -errno;
	}
	return 0;
}

static const char *map_why(int rc)
{
	if (rc == -ESPIPE)
		return "the mapped file is shorter than at the checkpoint: "
		       "restart from an older generation";
	if (rc == -ENOENT)
		return "the mapped file is gone: put it back";
	if (rc == -EPERM)
		return "the file of this name belongs to another user now: "
		       "remove it, or put back what the program had mapped";
	if (rc == -EEXIST)
		return "mana_restart itself is there: restart once more";
	return strerror(-rc);
}

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#endif

/* Guard pages need a kernel that has them: 6.13, for mapped files 6.15. */
static int guards_possible(const struct image *img)
{
	size_t n;
	void *page;
	int rc;

	image_guards(img, &n);
	if (n == 0)
		return 0;
	page = mmap(NULL, IMAGE_PAGE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED)
		return -errno;
	rc = madvise(page, IMAGE_PAGE, MADV_GUARD_INSTALL) < 0 ? -ENOSYS : 0;
	munmap(page, IMAGE_PAGE);
	return rc;
}

static int guards_make(const struct image *img, char *err, size_t errlen)
{
	const struct image_guard *g;
	size_t n;

	for (g = image_guards(img, &n); n; g++, n--)
		if (madvise((void *)g->start, g->len, MADV_GUARD_INSTALL) < 0) {
			snprintf(err, errlen, "guard pages at %#lx: %s",
				 g->start, strerror(errno));
			return -EINVAL;
		}
	return 0;
}

int memory_map(const struct image *img, char *err, size_t errlen)
{
	const struct image_region *x;
	size_t n, i;
	int rc = guards_possible(img);

	if (rc < 0)
		snprintf(err, errlen,
			 "the program has guard pages: restart "
			 "it on Linux 6.13 or later");
	x = image_regions(img, &n);
	for (i = 0; i < n && !rc; i++) {
		rc = map_region(&x[i]);
		if (!rc && x[i].flags & REGION_CONTENTS)
			rc = make_room(img, &x[i]);
		if (rc < 0)
			snprintf(err, errlen, "memory at %#lx (%.4000s): %s",
				 x[i].start, inodes_title(x[i].path),
				 map_why(rc));
	}
	return rc;
}

static void *read_main(void *arg)
{
	struct memory_read *m = arg;

	m->error = image_read(m->img, 0, m->err, sizeof(m->err));
	return NULL;
}

int memory_read_start(struct memory_read *m, struct image *img)
{
	sigset_t all, old;
	int rc;

	m->img = img;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	rc = pthread_create(&m->thread, NULL, read_main, m);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return -rc;
}

/* Waits for the thread. A person at a terminal sees how far it is: that is who
 * has started one process by hand; launchers give their ranks none. */
static int join_shown(struct memory_read *m)
{
	struct live_progress p = { .what = "restart",
				   .phase = "reads memory",
				   .ranks = 1,
				   .total = m->img->head.raw_bytes };
	int64_t began = monotonic_ms();
	char line[LIVE_LINE];
	struct timespec t;
	int rc, shown = 0;

	if (core.rank || core.size > 1 || !live_is_terminal(say_fd))
		return -pthread_join(m->thread, NULL);
	clock_gettime(CLOCK_MONOTONIC, &t);
	for (;;) {
		t.tv_nsec += LIVE_MS * 1000000L;
		t.tv_sec += t.tv_nsec / 1000000000L;
		t.tv_nsec %= 1000000000L;
		rc = pthread_clockjoin_np(m->thread, NULL, CLOCK_MONOTONIC, &t);
		if (rc != ETIMEDOUT)
			break;
		p.done = m->img->bytes_read;
		p.seconds = (double)(monotonic_ms() - began) / 1000;
		live_show(say_fd, live_format(&p, live_columns(say_fd), line));
		shown = 1;
	}
	if (shown)
		live_erase(say_fd);
	return -rc;
}

int memory_read_finish(struct memory_read *m, char *err, size_t errlen)
{
	const struct image_region *x;
	size_t n, i;
	int rc = join_shown(m);

	if (!rc)
		rc = m->error;
	if (rc < 0)
		snprintf(err, errlen, "%s", m->err);
	x = image_regions(m->img, &n);
	for (i = 0; i < n && !rc; i++) {
		if (x[i].flags & REGION_CONTENTS)
			munmap((void *)x[i].start, x[i].len);
		else if (x[i].prot != (PROT_READ | PROT_WRITE) &&
			 !(x[i].flags & REGION_NODATA) &&
			 mprotect((void *)x[i].start, x[i].len,
				  (int)x[i].prot) < 0)
			rc = -errno;
	}
	return rc < 0 ? rc : guards_make(m->img, err, errlen);
}
