/* SPDX-License-Identifier: MIT */
/* memory.c - the application's memory, mapped and read
 *
 * Reading takes as long as the disk does, and MPI_Init mostly waits for the
 * launcher: they go side by side.
 */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "memory.h"
#include "shared.h"

static int map_region(const struct image_region *x)
{
	int flags = MAP_FIXED_NOREPLACE |
		    (x->flags & REGION_SHARED ? MAP_SHARED : MAP_PRIVATE);
	int data = !(x->flags & REGION_NODATA), fd = -1, e = 0;

	if (region_has_file(x)) {
		fd = shared_open(x);
		if (fd < 0)
			return fd;
	} else {
		flags |= MAP_ANONYMOUS | MAP_NORESERVE;
	}
	if (mmap((void *)x->start, x->len,
		 data ? PROT_READ | PROT_WRITE : (int)x->prot, flags, fd,
		 fd < 0 ? 0 : (off_t)x->offset) == MAP_FAILED)
		e = -errno;
	else if (fd >= 0 && data)
		shared_clear(x);
	if (fd >= 0)
		close(fd);
	return e;
}

static const char *map_why(int e)
{
	if (e == -ESPIPE)
		return "the mapped file is shorter than at the checkpoint: "
		       "restart from an older generation";
	if (e == -ENOENT)
		return "the mapped file is gone: put it back";
	if (e == -EEXIST)
		return "mana_restart itself is there: restart once more";
	return strerror(-e);
}

int memory_map(const struct image *img, char *err, size_t errlen)
{
	const struct image_region *x;
	size_t n, i;
	int e = 0;

	x = image_regions(img, &n);
	for (i = 0; i < n && e == 0; i++) {
		e = map_region(&x[i]);
		if (e < 0)
			snprintf(err, errlen, "memory at %#lx (%s): %s",
				 x[i].start,
				 x[i].path ? x[i].path : "anonymous",
				 map_why(e));
	}
	return e;
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
	int e;

	m->img = img;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	e = pthread_create(&m->thread, NULL, read_main, m);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return -e;
}

int memory_read_finish(struct memory_read *m, char *err, size_t errlen)
{
	const struct image_region *x;
	size_t n, i;
	int e = -pthread_join(m->thread, NULL);

	e = e < 0 ? e : m->error;
	if (e < 0)
		snprintf(err, errlen, "%s", m->err);
	x = image_regions(m->img, &n);
	for (i = 0; i < n && e == 0; i++)
		if (x[i].prot != (PROT_READ | PROT_WRITE) &&
		    !(x[i].flags & REGION_NODATA) &&
		    mprotect((void *)x[i].start, x[i].len, (int)x[i].prot) < 0)
			e = -errno;
	return e;
}
