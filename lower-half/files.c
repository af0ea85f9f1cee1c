/* SPDX-License-Identifier: MIT */
/* files.c - the application's open files, into an image
 *
 * What is open and not the lower half's is the application's (own.h). Files are
 * sorted by device and inode; kcmp(2) tells which descriptors of one inode
 * share one open file, and which are still the launcher's own streams.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "../common/array.h"
#include "../upper-half/thread.h"
#include "core.h"
#include "file_table.h"
#include "own.h"
#include "pipes.h"
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

/* All of the application's, and our references to the launcher's streams. */
static int read_entries(struct entries *all)
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

/* Has the thread a table of descriptors, or a working directory, other than the
 * one that we see? */
static int is_apart(struct thread *t, void *arg)
{
	long self = syscall(SYS_gettid);

	if (t->state == THREAD_EXITING ||
	    (syscall(SYS_kcmp, self, t->tid, KCMP_FILES, 0, 0) <= 0 &&
	     syscall(SYS_kcmp, self, t->tid, KCMP_FS, 0, 0) <= 0))
		return 0;
	*(int *)arg = t->vtid;
	return 1;
}

int files_refuse(char *err, size_t len)
{
	struct entries all = { 0 };
	struct saved_file f;
	char name[IMAGE_PATH_MAX];
	int rc = read_entries(&all), tid;
	size_t i;

	if (rc < 0) {
		snprintf(err, len, "open files: %s%s", strerror(-rc),
			 rc == -EMFILE ?
				 ": the checkpoint is possible once the "
				 "program has closed some" :
				 "");
	} else if (thread_each(is_apart, &tid)) {
		snprintf(err, len,
			 "thread %d has descriptors or a working "
			 "directory of its own, which cannot be saved",
			 tid);
		rc = -EOPNOTSUPP;
	}
	for (i = 0; i < all.n && !rc; i++) {
		if (all.at[i].ref)
			continue;
		rc = file_kind(&all, &all.at[i], &f, name, sizeof(name), err,
			       len);
		rc = rc == -ENOENT ? 0 : rc;
	}
	free(all.at);
	return rc < 0;
}

/* Which descriptors share one open file */

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
 * Which of the launcher's streams (bits of refs) a descriptor stands for that
 * shares the open file of several: the one with its own number, since 0, 1 and
 * 2 can be one terminal now and three things tomorrow; else rather one that is
 * written to.
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

static void group_all(struct entries *all)
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

/* Into an image */

static int describe_owner(struct saved_file *f, char *err, size_t len)
{
	struct f_owner_ex o = { .pid = 0 };
	int vtid;

	f->signal = fcntl(f->fd, F_GETSIG);
	if (fcntl(f->fd, F_GETOWN_EX, &o) < 0 || !o.pid)
		return 0;
	vtid = o.type == F_OWNER_TID ? thread_vtid(o.pid) : 0;
	f->owner = vtid;
	f->owner_kind =
		vtid					     ? OWNER_THREAD :
		o.type == F_OWNER_PID && o.pid == core.pid   ? OWNER_PROCESS :
		o.type == F_OWNER_PGRP && o.pid == getpgrp() ? OWNER_GROUP :
							       OWNER_NONE;
	if (f->owner_kind == OWNER_NONE && f->flags & O_ASYNC)
		return file_refuse(err, len, f->fd,
				   "it sends its signals to another process",
				   "");
	return 0;
}

static int add_pipe(struct file_table *t, struct saved_file *f, char *err,
		    size_t len)
{
	uint64_t n = 0;
	char *data, *p;

	f->offset = t->pipes_len;
	if (!f->size)
		return 0;
	data = pipes_contents(f, &n);
	p = data ? realloc(t->pipes, t->pipes_len + n) : NULL;
	if (p) {
		memcpy(p + t->pipes_len, data, n);
		t->pipes = p;
		t->pipes_len += n;
		f->size = n;
	}
	free(data);
	return p ? 0 :
		   file_refuse(err, len, f->fd, "pipe",
			       "what is in it cannot be read");
}

static int is_locked(const struct file_table *t, const struct entry *e)
{
	size_t i, k;

	for (i = 0; i < t->locks.n; i++)
		for (k = 0; k < t->all.n; k++)
			if (t->all.at[k].fd == t->locks.at[i].fd &&
			    t->all.at[k].dev == e->dev &&
			    t->all.at[k].ino == e->ino)
				return 1;
	return 0;
}

/* Note what there is to be said of a file of this kind. */
static int describe_kind(struct file_table *t, const struct entry *e,
			 struct saved_file *f, const struct file_info *info,
			 const char *name, char *err, size_t len)
{
	int64_t o;

	switch (f->kind) {
	case FILE_STD:
		f->size = streams_changed(f->std, f->flags);
		return 0;
	case FILE_INODE:
		o = inodes_add(&t->inodes, &t->all, e, name, is_locked(t, e),
			       &t->names, err, len);
		f->inode = (uint32_t)o;
		return o < 0 ? (int)o : 0;
	case FILE_EVENT:
		f->std = info->semaphore ? EFD_SEMAPHORE : 0;
		f->size = info->count;
		return 0;
	case FILE_PIPE:
	case FILE_FIFO:
		pipes_describe(&t->all, e, f);
		return add_pipe(t, f, err, len);
	}
	return 0;
}

static int describe(struct file_table *t, const struct entry *e,
		    struct saved_file *f, char *err, size_t len)
{
	char name[IMAGE_PATH_MAX];
	struct file_info info = { 0 };
	int64_t at;
	int rc;

	f->fd = e->fd;
	f->flags = e->flags;
	f->uid = e->uid;
	f->cloexec = (fcntl(e->fd, F_GETFD) & FD_CLOEXEC) != 0;
	rc = file_kind(&t->all, e, f, name, sizeof(name), err, len);
	if (rc < 0)
		return rc;
	f->same_as = f->kind == FILE_STD ? -1 : e->same_as;
	f->inherited = (uint32_t)streams_inherited(e->fd, e->dev, e->ino);
	at = names_add(&t->names, name);
	if (at < 0)
		return (int)at;
	f->name = (uint32_t)at;
	if (f->same_as >= 0)
		return 0;
	f->size = e->size;
	rc = file_info_read(e->fd, &info, &t->locks);
	if (rc < 0)
		return rc == -ENOENT ?
			       rc :
			       file_refuse(err, len, e->fd, name, "its locks");
	f->offset = info.offset;
	rc = describe_owner(f, err, len);
	return rc < 0 ? rc : describe_kind(t, e, f, &info, name, err, len);
}

static int by_number(const void *a, const void *b)
{
	const struct saved_file *x = a, *y = b;

	return x->fd - y->fd;
}

int files_save(struct file_table *t, char *err, size_t errlen)
{
	int rc = read_entries(&t->all);
	size_t i;

	if (rc < 0)
		return rc;
	group_all(&t->all);
	t->at = calloc(t->all.n + 1, sizeof(*t->at));
	if (!t->at || names_add(&t->names, "") < 0)
		return -ENOMEM;
	for (i = 0; i < t->all.n && !rc; i++) {
		if (t->all.at[i].ref)
			continue;
		rc = describe(t, &t->all.at[i], &t->at[t->n], err, errlen);
		if (!rc)
			t->n++;
		else if (rc == -ENOENT)
			rc = 0;
		else
			break;
		memset(&t->at[t->n], 0, sizeof(*t->at));
	}
	if (!rc)
		qsort(t->at, t->n, sizeof(*t->at), by_number);
	return rc < 0 ? rc : inodes_identify(&t->inodes, &t->names);
}

void files_free(struct file_table *t)
{
	inodes_free(&t->inodes);
	free(t->all.at);
	free(t->at);
	free(t->locks.at);
	free(t->names.at);
	free(t->pipes);
}
