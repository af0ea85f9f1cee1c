/* SPDX-License-Identifier: MIT */
/* generation.c - DIR/<generation>/ on disk, DIR/latest
 *
 * Removing is by name: whatever else a user put into a generation's directory
 * keeps that directory alive, without its manifest and images.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "generation.h"

/* The number a directory entry names, 0 when it is none. */
static uint64_t number(const char *name)
{
	char back[32], *end;
	uint64_t n;

	errno = 0;
	n = strtoull(name, &end, 10);
	snprintf(back, sizeof(back), "%llu", (unsigned long long)n);
	return errno || *end || strcmp(back, name) ? 0 : n;
}

static void path_of(char *path, size_t len, const char *dir, uint64_t n,
		    const char *file)
{
	snprintf(path, len, "%s/%llu%s%s", dir, (unsigned long long)n,
		 file ? "/" : "", file ? file : "");
}

static int complete(const char *dir, uint64_t n)
{
	char path[4200];

	path_of(path, sizeof(path), dir, n, MANIFEST_FILE);
	return access(path, F_OK) == 0;
}

/* All generation numbers in dir, newest first; caller frees. */
static int list(const char *dir, uint64_t **out, size_t *count)
{
	uint64_t *v = NULL, *w, n;
	size_t cap = 0, i;
	struct dirent *e;
	DIR *d = opendir(dir);
	int rc = 0;

	*count = 0;
	if (!d)
		return -errno;
	while ((e = readdir(d))) {
		n = number(e->d_name);
		if (!n)
			continue;
		if (*count == cap) {
			cap = cap ? cap * 2 : 16;
			w = realloc(v, cap * sizeof(*v));
			if (!w) {
				rc = -ENOMEM;
				break;
			}
			v = w;
		}
		for (i = (*count)++; i && v[i - 1] < n; i--)
			v[i] = v[i - 1];
		v[i] = n;
	}
	closedir(d);
	*out = v;
	return rc;
}

int generation_scan(const char *dir, struct generations *g)
{
	uint64_t *v = NULL;
	size_t n, i;
	int rc;

	memset(g, 0, sizeof(*g));
	rc = list(dir, &v, &n);
	for (i = 0; !rc && i < n && !g->complete; i++) {
		if (!g->newest)
			g->newest = v[i];
		if (complete(dir, v[i]))
			g->complete = v[i];
	}
	free(v);
	return rc;
}

static int fsync_dir(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = 0;

	if (fd < 0)
		return -errno;
	if (fsync(fd) && errno != EINVAL)
		rc = -errno;
	close(fd);
	return rc;
}

int generation_make(const char *dir, uint64_t n, char *path, size_t len,
		    char *err, size_t errlen)
{
	int rc;

	if (strlen(dir) + 32 > len)
		return -ENAMETOOLONG;
	path_of(path, len, dir, n, NULL);
	rc = mkdir(path, 0700) ? -errno : fsync_dir(dir);
	if (rc)
		snprintf(err, errlen, "cannot make %s: %s", path,
			 strerror(-rc));
	return rc;
}

/* "rank-<N>.mana", with or without ".tmp" */
static int is_image(const char *name)
{
	const char *p = name + 5;

	if (strncmp(name, "rank-", 5))
		return 0;
	p += strspn(p, "0123456789");
	return !strcmp(p, ".mana") || !strcmp(p, ".mana.tmp");
}

int generation_remove(const char *dir, uint64_t n)
{
	char path[4200];
	struct dirent *e;
	DIR *d;

	path_of(path, sizeof(path), dir, n, MANIFEST_FILE);
	if (unlink(path) && errno != ENOENT)
		return -errno;
	path_of(path, sizeof(path), dir, n, MANIFEST_FILE ".tmp");
	unlink(path);
	path_of(path, sizeof(path), dir, n, NULL);
	d = opendir(path);
	if (!d)
		return errno == ENOENT ? 0 : -errno;
	while ((e = readdir(d)))
		if (is_image(e->d_name))
			unlinkat(dirfd(d), e->d_name, 0);
	closedir(d);
	return rmdir(path) ? -errno : 0;
}

int generation_latest(const char *dir, uint64_t n)
{
	char tmp[4200], link[4200], to[32];

	snprintf(tmp, sizeof(tmp), "%s/latest.tmp", dir);
	snprintf(link, sizeof(link), "%s/latest", dir);
	snprintf(to, sizeof(to), "%llu", (unsigned long long)n);
	unlink(tmp);
	if (symlink(to, tmp))
		return -errno;
	if (rename(tmp, link))
		return -errno;
	return fsync_dir(dir);
}

int generation_prune(const char *dir, unsigned int keep)
{
	unsigned int seen = 0;
	uint64_t *v = NULL;
	size_t n, i;
	int rc = list(dir, &v, &n);

	if (keep < 1)
		keep = 1;
	for (i = 0; !rc && i < n; i++) {
		if (complete(dir, v[i]) ? ++seen > keep : seen > 0)
			generation_remove(dir, v[i]);
	}
	free(v);
	return rc;
}
