/* SPDX-License-Identifier: MIT */
/* file_kind.c - what a descriptor is, and whether that can be saved
 *
 * A file of a kind that is not known to be saved whole refuses the checkpoint:
 * new kinds come with new kernels, and many look like regular files.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>
#include "core.h"
#include "file_kind.h"
#include "own.h"
#include "pipes.h"
#include "streams.h"

#ifndef MQUEUE_MAGIC
#define MQUEUE_MAGIC 0x19800202
#endif
#ifndef SECRETMEM_MAGIC
#define SECRETMEM_MAGIC 0x5345434d
#endif
#ifndef PID_FS_MAGIC
#define PID_FS_MAGIC 0x50494446
#endif
#ifndef DMA_BUF_MAGIC
#define DMA_BUF_MAGIC 0x444d4142
#endif

#define DELETED " (deleted)"

int file_refuse(char *err, size_t len, int fd, const char *what,
		const char *why)
{
	char *p;

	snprintf(err, len,
		 "descriptor %d (%.200s%s%s) cannot be saved yet: the "
		 "checkpoint is possible once it is closed",
		 fd, what, *why ? ": " : "", why);
	for (p = err; *p; p++)
		if (iscntrl((unsigned char)*p))
			*p = '?'; /* names can hold anything */
	return -EOPNOTSUPP;
}

static int is_file(const char *path, uint64_t dev, uint64_t ino)
{
	struct stat st;

	return lstat(path, &st) == 0 && st.st_dev == dev && st.st_ino == ino;
}

/* 1: the file was removed; path loses what the kernel appends to its name. */
static int was_removed(char *path)
{
	size_t n = strlen(path), d = strlen(DELETED);

	if (n <= d || strcmp(path + n - d, DELETED) != 0)
		return 0;
	path[n - d] = 0;
	return 1;
}

/* The name under which the file was opened has gone, but it may have another
 * one beside it: a program that links a finished file into place and removes
 * the first name leaves one there. */
int file_find_name(char *path, size_t size, uint64_t dev, uint64_t ino)
{
	char *slash, *other = NULL;
	struct dirent *e;
	int found = 0;
	DIR *d;

	if (is_file(path, dev, ino))
		return 0;
	slash = strrchr(path, '/');
	if (!slash)
		return -ENOENT;
	*slash = 0;
	d = opendir(*path ? path : "/");
	while (d && !found && (e = readdir(d))) {
		if (e->d_ino != ino ||
		    asprintf(&other, "%s/%s", path, e->d_name) < 0)
			continue;
		found = strlen(other) < size && is_file(other, dev, ino);
		if (found)
			strcpy(path, other);
		free(other);
	}
	if (d)
		closedir(d);
	if (!found)
		*slash = '/';
	return found ? 0 : -ENOENT;
}

/* Returns the kind of file system that the file is in, as statfs(2) numbers
 * them; 0: not known. */
static long fs_of(const struct entry *e)
{
	struct statfs s;

	return fstatfs(e->fd, &s) < 0 ? 0 : (long)(uint32_t)s.f_type;
}

/* After a restart "/proc/PID/x" with this process's pid is another process's,
 * so the name is kept as OWN_PROC. */
static int kind_proc(const struct entry *e, struct saved_file *f, char *name,
		     size_t size, char *err, size_t len)
{
	int pid, tid, at = 0, n = sscanf(name, "/proc/%d%n", &pid, &at);
	const char *rest = name + at;
	char copy[4096];

	if (n < 1)
		return 0; /* the system's, also after a restart */
	f->kind = S_ISDIR(e->mode) ? FILE_DIRECTORY : FILE_REGULAR;
	if (pid != core.pid)
		return file_refuse(err, len, e->fd, name, "another process's");
	if (sscanf(rest, "/task/%d%n", &tid, &at) == 1) {
		if (tid != core.pid)
			return file_refuse(err, len, e->fd, name, "a thread's");
		rest += at;
		snprintf(copy, sizeof(copy), OWN_TASK "%s",
			 rest + (*rest == '/'));
	} else {
		snprintf(copy, sizeof(copy), OWN_PROC "%s",
			 rest + (*rest == '/'));
	}
	snprintf(name, size, "%s", copy);
	return 0;
}

static int kind_named(const struct entry *e, char *name, size_t size, char *err,
		      size_t len)
{
	char copy[4096];

	if (is_file(name, e->dev, e->ino))
		return 0;
	snprintf(copy, sizeof(copy), "%s", name);
	was_removed(copy);
	if (file_find_name(copy, sizeof(copy), e->dev, e->ino) < 0)
		return file_refuse(err, len, e->fd, name,
				   "not to be found under this name");
	snprintf(name, size, "%s", copy);
	return 0;
}

static int kind_regular(const struct entry *e, struct saved_file *f, char *name,
			size_t size, char *err, size_t len)
{
	switch (fs_of(e)) {
	case MQUEUE_MAGIC:
		return file_refuse(err, len, e->fd, name, "a message queue");
	case HUGETLBFS_MAGIC:
		return file_refuse(err, len, e->fd, name, "huge pages");
	case SECRETMEM_MAGIC:
	case PID_FS_MAGIC:
	case DMA_BUF_MAGIC:
	case NSFS_MAGIC:
	case ANON_INODE_FS_MAGIC:
	case BPF_FS_MAGIC:
	case 0:
		return file_refuse(err, len, e->fd, name, "");
	case PROC_SUPER_MAGIC:
		f->kind = FILE_REGULAR;
		return kind_proc(e, f, name, size, err, len);
	}
	if (!e->nlink) {
		f->kind = FILE_INODE;
		return 0;
	}
	f->kind = FILE_REGULAR;
	return kind_named(e, name, size, err, len);
}

static int kind_directory(const struct entry *e, struct saved_file *f,
			  char *name, size_t size, char *err, size_t len)
{
	char copy[4096];

	f->kind = FILE_DIRECTORY;
	if (fs_of(e) == PROC_SUPER_MAGIC)
		return kind_proc(e, f, name, size, err, len);
	if (is_file(name, e->dev, e->ino))
		return 0;
	snprintf(copy, sizeof(copy), "%s", name);
	if (was_removed(copy) && !is_file(copy, e->dev, e->ino)) {
		f->kind = FILE_GONE_DIR;
		return 0;
	}
	return file_refuse(err, len, e->fd, name,
			   "not to be found under this name");
}

/* Devices without a state of their own: opened again, they are the same. */
static int is_plain_device(uint64_t rdev)
{
	unsigned int n = minor(rdev);

	if (major(rdev) == 5)
		return n == 0; /* /dev/tty */
	return major(rdev) == 1 &&
	       (n == 3 || n == 5 || n == 7 || n == 8 || n == 9);
}

/* Files that a system call of the kernel's core makes. Others without a name
 * come from a driver's ioctl, which own_call.c does not see. */
static int is_of_core(const char *name)
{
	static const char *const core_files[] = {
		"[event",      "[timerfd]",  "[signalfd]",   "inotify",
		"[fanotify]",  "[io_uring]", "[perf_event]", "[userfaultfd]",
		"[pidfd]",     "[landlock",  "bpf",	     "btf",
		"[fscontext]", "seccomp",    "[sgx",
	};
	size_t i;

	for (i = 0; i < sizeof(core_files) / sizeof(core_files[0]); i++)
		if (!strncmp(name, core_files[i], strlen(core_files[i])))
			return 1;
	return 0;
}

/* Files made by a driver: they are the MPI library's, since it is the MPI
 * library that has drivers open. A program that has a driver open is refused
 * for that. */
static int is_of_devices(const char *name)
{
	struct stat st;
	int fd;

	if (strncmp(name, "anon_inode:", 11) != 0 || is_of_core(name + 11))
		return 0;
	for (fd = 0; fd <= own.most; fd++)
		if (own_has(fd) && fstat(fd, &st) == 0 && S_ISCHR(st.st_mode) &&
		    !is_plain_device(st.st_rdev) && !isatty(fd))
			return 1;
	return 0;
}

/* The file is what the launcher gave us as stream i, opened once more: i, or
 * -1. */
static int stream_of(const struct entries *all, const struct entry *e)
{
	size_t i;

	for (i = 0; i < all->n; i++) {
		const struct entry *s = &all->at[i];

		if (s->ref && s->mode == e->mode && s->rdev == e->rdev &&
		    (S_ISCHR(e->mode) ? isatty(s->fd) :
					s->dev == e->dev && s->ino == e->ino))
			return s->std;
	}
	return -1;
}

/* Is it the launcher's own pipe or socket? No other file has its inode; a
 * device may have been opened by anybody. */
static int is_launchers(const struct entry *e)
{
	if (S_ISFIFO(e->mode) || S_ISSOCK(e->mode))
		return streams_inherited(-1, e->dev, e->ino);
	return S_ISCHR(e->mode) && streams_inherited(e->fd, e->dev, e->ino);
}

static int kind_special(const struct entries *all, const struct entry *e,
			struct saved_file *f, char *name, size_t size,
			char *err, size_t len)
{
	f->kind = FILE_DEVICE;
	if (S_ISBLK(e->mode) || (S_ISCHR(e->mode) && is_plain_device(e->rdev)))
		return kind_named(e, name, size, err, len);
	if (S_ISCHR(e->mode) || S_ISFIFO(e->mode))
		f->std = stream_of(all, e);
	if (f->std >= 0 || is_launchers(e)) {
		f->kind = f->std >= 0 ? FILE_STREAM : FILE_LAUNCHER;
		return 0;
	}
	if (S_ISFIFO(e->mode) && pipes_kind(all, e, f, name) == 0)
		return 0;
	f->kind = FILE_EVENT;
	if (!strcmp(name, "anon_inode:[eventfd]"))
		return 0;
	if (is_of_devices(name))
		return -ENOENT;
	return file_refuse(err, len, e->fd, name, pipes_why(e));
}

int file_kind(const struct entries *all, const struct entry *e,
	      struct saved_file *f, char *name, size_t size, char *err,
	      size_t errlen)
{
	char link[64];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/thread-self/fd/%d", e->fd);
	n = readlink(link, name, size - 1);
	name[n < 0 ? 0 : n] = 0;
	f->std = -1;
	if (e->std >= 0) {
		f->kind = FILE_STD;
		f->std = e->std;
		return 0;
	}
	if (n < 0)
		return errno == ENOENT ?
			       -ENOENT :
			       file_refuse(err, errlen, e->fd,
					   "its name is too long", "");
	if (e->flags & O_PATH) {
		f->kind = FILE_PATH;
		if (fs_of(e) == PROC_SUPER_MAGIC)
			return kind_proc(e, f, name, size, err, errlen);
		return kind_named(e, name, size, err, errlen);
	}
	if (S_ISREG(e->mode))
		return kind_regular(e, f, name, size, err, errlen);
	if (S_ISDIR(e->mode))
		return kind_directory(e, f, name, size, err, errlen);
	return kind_special(all, e, f, name, size, err, errlen);
}
