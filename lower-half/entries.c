/* SPDX-License-Identifier: MIT */
/* entries.c - the descriptors that the application has open
 *
 * What is open and not the lower half's is the application's (own.h). Files are
 * sorted by device and inode; kcmp(2) tells which descriptors of one inode
 * share one open file, and which are still the launcher's own streams.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "../common/array.h"
#include "entries.h"
#include "own.h"
#include "streams.h"

#define TRIES 50 /* to look at all descriptors while none is made or closed */
#ifndef F_DUPFD_QUERY
#define F_DUPFD_QUERY 1027 /* Linux 6.10 */
#endif

static int entry_add(struct entries *all, int fd)
{
	struct entry *e;
	struct stat st;
	int flags = fcntl(fd, F_GETFL);

	if (ARRAY_ROOM(all->at, all->n, all->cap) < 0)
		return -ENOMEM;
	if (flags < 0 || fstat(fd, &st) < 0)
		return 0; /* closed meanwhile */
	e = &all->at[all->n++];
	*e = (struct entry){
		.fd = fd,
		.same_as = -1,
		.std = -1,
		.lowest = -1,
		.flags = (uint32_t)flags,
		.mode = st.st_mode,
		.uid = st.st_uid,
		.nlink = (uint32_t)st.st_nlink,
		.dev = st.st_dev,
		.ino = st.st_ino,
		.rdev = st.st_rdev,
		.size = (uint64_t)st.st_size,
	};
	return 0;
}

static int read_numbers(DIR *d, struct entries *all)
{
	struct dirent *x;
	int fd, rc = 0;

	all->n = 0;
	rewinddir(d);
	while (!rc && (x = readdir(d))) {
		fd = atoi(x->d_name);
		if (x->d_name[0] != '.' && !own_has(fd))
			rc = entry_add(all, fd);
	}
	return rc;
}

static int by_inode(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->dev != y->dev)
		return x->dev < y->dev ? -1 : 1;
	if (x->ino != y->ino)
		return x->ino < y->ino ? -1 : 1;
	return x->fd - y->fd;
}

int entries_read(struct entries *all)
{
	DIR *d = opendir("/proc/thread-self/fd");
	int tries = TRIES, rc = d ? 0 : -errno, i;
	uint32_t since;

	while (!rc) {
		since = own_look();
		rc = read_numbers(d, all);
		if (own_looked(since) || !tries--)
			break;
	}
	if (d)
		closedir(d);
	for (i = 0; i < STREAMS && !rc; i++) {
		size_t n = all->n;

		if (streams_ref(i) < 0)
			continue;
		rc = entry_add(all, streams_ref(i));
		if (all->n > n) {
			all->at[n].std = i;
			all->at[n].ref = 1;
		}
	}
	if (!rc && all->n)
		qsort(all->at, all->n, sizeof(*all->at), by_inode);
	return rc;
}

/* As kcmp(2): 0 if both are one open file, 1 or 2 by some order; -errno when
 * the kernel does not say. */
static int compare(int a, int b)
{
	long tid = syscall(SYS_gettid);
	long rc = syscall(SYS_kcmp, tid, tid, KCMP_FILE, a, b);

	return rc < 0 ? -errno : (int)rc;
}

static int by_file(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int rc = compare(x->fd, y->fd);

	return rc == 1 ? -1 : rc == 2 ? 1 : x->fd - y->fd;
}

/*
 * Without kcmp, which containers may forbid: an open file has one signal to
 * send (F_SETSIG), so what is set by one descriptor is seen by the other.
 */
static int is_same(int a, int b)
{
	int rc = fcntl(a, F_DUPFD_QUERY, b), was, same;

	if (rc >= 0)
		return rc;
	was = fcntl(a, F_GETSIG);
	if (fcntl(b, F_GETSIG) != was || fcntl(a, F_SETSIG, was ? 0 : 1) < 0)
		return 0;
	same = fcntl(b, F_GETSIG) != was;
	fcntl(a, F_SETSIG, was);
	return same;
}

/* The first of e[0..n), of one inode, that has e[i]'s open file; i: none. */
static size_t first_of(const struct entry *e, size_t i, int sorted)
{
	size_t j;

	if (sorted)
		return i && !compare(e[i - 1].fd, e[i].fd) ? e[i - 1].group : i;
	for (j = 0; j < i; j++)
		if (e[j].group == j && is_same(e[j].fd, e[i].fd))
			return j;
	return i;
}

/*
 * Chooses which of the launcher's streams (bits of refs) a descriptor stands
 * for that shares the open file of several: the one with its own number, since
 * 0, 1 and 2 can be one terminal now and three things tomorrow; else rather one
 * that is written to.
 */
static int choose_stream(int fd, int refs)
{
	if (fd < STREAMS && refs & 1 << fd)
		return fd;
	return refs & 2 ? 1 : refs & 4 ? 2 : 0;
}

/* Find out which of n entries, all of one inode, share an open file. */
static void group(struct entry *e, size_t n)
{
	int sorted = n > 1 && compare(e->fd, e->fd) == 0;
	struct entry *g;
	size_t i;

	if (sorted)
		qsort(e, n, sizeof(*e), by_file);
	for (i = 0; i < n; i++) {
		e[i].group = first_of(e, i, sorted);
		g = &e[e[i].group];
		if (e[i].ref)
			g->refs |= 1 << e[i].std;
		else if (g->lowest < 0 || e[i].fd < g->lowest)
			g->lowest = e[i].fd;
	}
	for (i = 0; i < n; i++) {
		g = &e[e[i].group];
		if (e[i].ref)
			continue;
		if (g->refs)
			e[i].std = choose_stream(e[i].fd, g->refs);
		else if (e[i].fd != g->lowest)
			e[i].same_as = g->lowest;
	}
}

void entries_group(struct entries *all)
{
	size_t i, n;

	for (i = 0; i < all->n; i += n) {
		for (n = 1;
		     i + n < all->n && all->at[i + n].dev == all->at[i].dev &&
		     all->at[i + n].ino == all->at[i].ino;
		     n++)
			;
		group(&all->at[i], n);
	}
}
