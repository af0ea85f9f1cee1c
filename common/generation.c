/* SPDX-License-Identifier: MIT */
/* generation.c - DIR/<generation>/ on disk, DIR/latest
 *
 * Removing is by name: whatever else a user put into a generation's directory
 * keeps that directory alive, without its manifest and images.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "array.h"
#include "generation.h"
#include "image_dir.h"
#include "trust.h"

static char *name_of(uint64_t n, char name[32])
{
	snprintf(name, 32, "%llu", (unsigned long long)n);
	return name;
}

static int complete(int gen)
{
	struct stat st;

	return !fstatat(gen, MANIFEST_FILE, &st, AT_SYMLINK_NOFOLLOW);
}

int generation_list(int dir, uint64_t **out, size_t *count)
{
	uint64_t *v = NULL, n;
	size_t cap = 0, i;
	struct dirent *e;
	DIR *d = image_dir_entries(dir);
	int rc = 0;

	*count = 0;
	if (!d)
		return -errno;
	while ((e = readdir(d))) {
		n = generation_number(e->d_name);
		if (!n)
			continue;
		rc = ARRAY_ROOM(v, *count, cap);
		if (rc)
			break;
		for (i = (*count)++; i && v[i - 1] < n; i--)
			v[i] = v[i - 1];
		v[i] = n;
	}
	closedir(d);
	*out = v;
	return rc;
}

int generation_open(int dir, const char *shown, uint64_t n, struct reason *why)
{
	char path[WIRE_PATH + 32], name[32];

	snprintf(path, sizeof(path), "%s/%s", shown, name_of(n, name));
	return trust_dir(dir, name, path, why);
}

int generation_scan(int dir, struct generations *g)
{
	uint64_t *v = NULL;
	struct reason why;
	size_t n, i;
	int rc, gen;

	memset(g, 0, sizeof(*g));
	rc = generation_list(dir, &v, &n);
	for (i = 0; !rc && i < n && !g->complete; i++) {
		if (!g->newest)
			g->newest = v[i];
		gen = generation_open(dir, "", v[i], &why);
		if (gen < 0)
			continue;
		if (complete(gen))
			g->complete = v[i];
		close(gen);
	}
	free(v);
	return rc;
}

/* Its mark first, by which what a crash leaves of it is removed. */
static int fill(int dir, int gen, const struct job_mark *mark, uint32_t size)
{
	int rc = job_mark_write(gen, mark, 0);

	if (!rc)
		rc = image_dirs_make(gen, size);
	if (!rc && fsync(dir) && errno != EINVAL)
		rc = -errno;
	return rc;
}

int generation_make(int dir, const char *shown, uint64_t n,
		    const struct job_mark *mark, uint32_t size, char *err,
		    size_t errlen)
{
	struct reason why = { 0 };
	char name[32];
	int gen, rc;

	if (mkdirat(dir, name_of(n, name), 0700)) {
		rc = -errno;
		snprintf(err, errlen, "cannot make %s/%s: %s", shown, name,
			 strerror(-rc));
		return rc;
	}
	gen = generation_open(dir, shown, n, &why);
	if (gen < 0) {
		reason_text(&why, err, errlen);
		return gen;
	}
	rc = fill(dir, gen, mark, size);
	if (!rc)
		return gen;
	snprintf(err, errlen, "cannot make %s/%s: %s", shown, name,
		 strerror(-rc));
	close(gen);
	generation_remove(dir, n, NULL);
	return rc;
}

/* The mark goes last: what is left of a removal is still the job's. */
static int empty(int gen)
{
	int rc;

	if (unlinkat(gen, MANIFEST_FILE, 0) && errno != ENOENT)
		return -errno;
	unlinkat(gen, MANIFEST_FILE ".tmp", 0);
	rc = image_dirs_empty(gen);
	if (rc)
		return rc;
	unlinkat(gen, JOB_FILE ".tmp", 0);
	return unlinkat(gen, JOB_FILE, 0) && errno != ENOENT ? -errno : 0;
}

static int is_of(int gen, const char *id)
{
	struct job_mark m;
	struct reason why;

	return !job_mark_read(gen, "", &m, &why) && !strcmp(m.id, id);
}

int generation_remove(int dir, uint64_t n, const char *id)
{
	struct reason why;
	char name[32];
	int gen = generation_open(dir, "", n, &why), rc;

	if (gen < 0)
		return gen == -ENOENT ? 0 : gen;
	rc = id && !is_of(gen, id) ? -EPERM : empty(gen);
	close(gen);
	if (!rc && unlinkat(dir, name_of(n, name), AT_REMOVEDIR))
		rc = -errno;
	return rc;
}

int generation_latest(int dir, uint64_t n)
{
	char to[32];

	unlinkat(dir, "latest.tmp", 0);
	if (symlinkat(name_of(n, to), dir, "latest.tmp"))
		return -errno;
	if (renameat(dir, "latest.tmp", dir, "latest"))
		return -errno;
	return fsync(dir) && errno != EINVAL ? -errno : 0;
}

int generation_prune(int dir, const char *id, unsigned int keep)
{
	unsigned int seen = 0;
	uint64_t *v = NULL;
	struct reason why;
	size_t n, i;
	int rc = generation_list(dir, &v, &n), gen, old;

	if (keep < 1)
		keep = 1;
	for (i = 0; !rc && i < n; i++) {
		gen = generation_open(dir, "", v[i], &why);
		if (gen < 0)
			continue;
		old = is_of(gen, id) &&
		      (complete(gen) ? ++seen > keep : seen > 0);
		close(gen);
		if (old)
			generation_remove(dir, v[i], id);
	}
	free(v);
	return rc;
}
