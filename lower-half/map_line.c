/* SPDX-License-Identifier: MIT */
/* map_line.c - lines of /proc/self/maps, and which cannot be saved
 */
#include <errno.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>
#include "../image/image.h"
#include "file_kind.h"
#include "map_line.h"

#define DELETED " (deleted)"

int maps_open(struct maps *m)
{
	*m = (struct maps){ .f = fopen("/proc/thread-self/maps", "re") };
	return m->f ? 0 : -errno;
}

void maps_close(struct maps *m)
{
	free(m->line);
	fclose(m->f);
}

/* The kernel writes a newline as \012, and a backslash as it is: the inode says
 * which it was. */
static void decode(const char *path, unsigned long ino, char *to)
{
	struct stat st;
	char *start = to;

	if (lstat(path, &st) == 0 && st.st_ino == ino) {
		*to = 0;
		return;
	}
	for (; *path; path++)
		if (!strncmp(path, "\\012", 4)) {
			*to++ = '\n';
			path += 3;
		} else {
			*to++ = *path;
		}
	*to = 0;
	if (lstat(start, &st) < 0)
		*start = 0;
}

int maps_next(struct maps *m, struct map_line *l)
{
	char perms[8];
	int at = 0;
	ssize_t n;

	while ((n = getline(&m->line, &m->cap, m->f)) > 0) {
		if (m->line[n - 1] == '\n')
			m->line[n - 1] = 0;
		if (sscanf(m->line, "%lx-%lx %7s %lx %15s %lu %n", &l->start,
			   &l->end, perms, &l->offset, l->dev, &l->ino,
			   &at) < 6)
			continue;
		l->path = m->line + at;
		if (strstr(l->path, "\\012") &&
		    strlen(l->path) < sizeof(l->found)) {
			decode(l->path, l->ino, l->found);
			l->path = l->found[0] ? l->found : l->path;
		}
		l->prot = (perms[0] == 'r' ? PROT_READ : 0) |
			  (perms[1] == 'w' ? PROT_WRITE : 0) |
			  (perms[2] == 'x' ? PROT_EXEC : 0);
		l->shared = perms[3] == 's';
		return 1;
	}
	return 0;
}

static int ends_deleted(const char *path)
{
	size_t n = strlen(path), d = strlen(DELETED);

	return n > d && !strcmp(path + n - d, DELETED);
}

static int starts(const char *path, const char *with)
{
	return !strncmp(path, with, strlen(with));
}

/* Is the file in the file system of memfds and shared anonymous memory? 1 when
 * that is not known. */
static int is_in_memory(const struct map_line *m)
{
	static char dev[16];
	struct stat st;
	int fd;

	if (!dev[0]) {
		fd = memfd_create("mana", MFD_CLOEXEC);
		if (fd < 0 || fstat(fd, &st) < 0)
			return 1;
		snprintf(dev, sizeof(dev), "%02x:%02x", major(st.st_dev),
			 minor(st.st_dev));
		close(fd);
	}
	return !strcmp(dev, m->dev);
}

static const char *problem_of_removed(const struct map_line *m)
{
	struct stat root;
	char dev[16] = "";

	if (starts(m->path, "/memfd:") || starts(m->path, "/dev/zero"))
		return is_in_memory(m) ? NULL : "huge pages";
	/* The kernel shows its own files as if they lay in the root
	 * directory. */
	if (strchr(m->path + 1, '/') || stat("/", &root) < 0)
		return NULL;
	snprintf(dev, sizeof(dev), "%02x:%02x", major(root.st_dev),
		 minor(root.st_dev));
	return strcmp(dev, m->dev) ? "the kernel's" : NULL;
}

static const char *problem_of_named(const struct map_line *m)
{
	struct statfs fs;

	if (statfs(m->path, &fs) < 0)
		return NULL;
	switch (fs.f_type) {
	case HUGETLBFS_MAGIC:
		return "huge pages";
	case PROC_SUPER_MAGIC:
	case SYSFS_MAGIC:
	case DEBUGFS_MAGIC:
	case TRACEFS_MAGIC:
	case BPF_FS_MAGIC:
		return "the kernel's";
	}
	return NULL;
}

const char *map_problem(const struct map_line *m)
{
	struct stat st;

	if (!m->ino)
		return NULL;
	if (m->path[0] != '/')
		return "the kernel's";
	if (starts(m->path, "/[aio]"))
		return "asynchronous I/O of the kernel's, io_setup";
	if (starts(m->path, "/SYSV"))
		return "System V shared memory";
	if ((m->shared || starts(m->path, "/dev/")) &&
	    stat(m->path, &st) == 0 && !S_ISREG(st.st_mode))
		return starts(m->path, "/dev/zero") ? NULL : "a device";
	if (!m->shared)
		return NULL; /* it is no more than its pages */
	return ends_deleted(m->path) ? problem_of_removed(m) :
				       problem_of_named(m);
}

int map_removed(struct map_line *m)
{
	char path[IMAGE_PATH_MAX], *slash;
	struct stat st, dir;

	if (!ends_deleted(m->path) ||
	    (lstat(m->path, &st) == 0 && st.st_ino == m->ino))
		return 0;
	if (starts(m->path, "/memfd:") || starts(m->path, "/dev/zero") ||
	    strlen(m->path) >= sizeof(path))
		return 1;
	strcpy(path, m->path);
	path[strlen(path) - strlen(DELETED)] = 0;
	slash = strrchr(path, '/');
	*slash = 0;
	if (stat(*path ? path : "/", &dir) < 0)
		return 1;
	*slash = '/';
	if (file_find_name(path, sizeof(path), dir.st_dev, m->ino) < 0)
		return 1;
	m->path = strcpy(m->found, path);
	return 0;
}
