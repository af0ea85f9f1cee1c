/* SPDX-License-Identifier: MIT */
/* file_table.c - the application's open files, into an image */
#include <errno.h>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "../upper-half/thread.h"
#include "core.h"
#include "file_table.h"
#include "pipes.h"
#include "streams.h"

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

int file_table_refuse(char *err, size_t len)
{
	struct entries all = { 0 };
	struct saved_file f;
	char name[IMAGE_PATH_MAX];
	int rc = entries_read(&all), tid;
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

int file_table_save(struct file_table *t, char *err, size_t errlen)
{
	int rc = entries_read(&t->all);
	size_t i;

	if (rc < 0)
		return rc;
	entries_group(&t->all);
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

void file_table_free(struct file_table *t)
{
	inodes_free(&t->inodes);
	free(t->all.at);
	free(t->at);
	free(t->locks.at);
	free(t->names.at);
	free(t->pipes);
}
