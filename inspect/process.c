/* SPDX-License-Identifier: MIT */
/* process.c - the process that an image holds, as it lies there
 *
 * The image's sums were right, which says who wrote it and not that it makes
 * sense: every list has an end here even where its pointers have none.
 */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include "../image/image_format.h"
#include "process.h"

#define THREADS_MAX 100000 /* more make no sense, nor does a ring of them */

int process_read(const struct process *p, uint64_t at, void *to, size_t len)
{
	return image_memory_read(p->mem, at, to, len);
}

static const char *why(int rc)
{
	switch (rc) {
	case -EBADMSG:
		return "damaged: its pages fail their check";
	case -EFAULT:
	case -ENODATA:
		return "the image does not hold that memory";
	default:
		return strerror(-rc);
	}
}

int process_need(const struct process *p, uint64_t at, void *to, size_t len,
		 const char *what, char *err, size_t errlen)
{
	int rc = process_read(p, at, to, len);

	return rc ? image_fail(rc, err, errlen,
			       "%s: %s at %#llx cannot be read: %s", p->path,
			       what, (unsigned long long)at, why(rc)) :
		    0;
}

int process_string(const struct process *p, uint64_t at, char *to, size_t len)
{
	size_t n = 0;
	int rc = 0;

	for (n = 0; n + 1 < len; n++) {
		rc = process_read(p, at + n, to + n, 1);
		if (rc || !to[n])
			break;
	}
	to[n] = 0;
	return rc;
}

const struct image_region *process_region(const struct process *p, uint64_t at)
{
	size_t lo = 0, hi;
	const struct image_region *r = image_regions(p->img, &hi);

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (r[mid].start + r[mid].len <= at)
			lo = mid + 1;
		else if (r[mid].start > at)
			hi = mid;
		else
			return r[mid].flags & REGION_CONTENTS ? NULL : &r[mid];
	}
	return NULL;
}

static int texts_end(const struct image_info *i)
{
	return memchr(i->mpi, 0, sizeof(i->mpi)) &&
	       memchr(i->mpi_version, 0, sizeof(i->mpi_version)) &&
	       memchr(i->kernel, 0, sizeof(i->kernel)) &&
	       memchr(i->libc, 0, sizeof(i->libc)) &&
	       memchr(i->cpu, 0, sizeof(i->cpu)) &&
	       memchr(i->host, 0, sizeof(i->host)) &&
	       memchr(i->exe, 0, sizeof(i->exe)) &&
	       memchr(i->cwd, 0, sizeof(i->cwd));
}

static int find_info(struct process *p, char *err, size_t errlen)
{
	uint64_t len = 0;
	const struct image_info *i = image_section(p->img, INFO_SECTION, &len);

	if (!i || len < sizeof(i->version))
		return image_fail(-EINVAL, err, errlen,
				  "%s: not an image of a process: it has no "
				  "section \"" INFO_SECTION "\"",
				  p->path);
	if (i->version != INFO_VERSION)
		return image_fail(-ENOTSUP, err, errlen,
				  "%s: written by another version of mana: "
				  "inspect it with that one",
				  p->path);
	if (len != sizeof(*i) || !texts_end(i))
		return image_fail(-EBADMSG, err, errlen,
				  "%s: damaged: section \"" INFO_SECTION
				  "\" makes no sense",
				  p->path);
	p->info = i;
	return 0;
}

static int add_thread(struct process *p, const struct thread *t)
{
	struct thread *more = p->threads, first;

	if (!(p->n_threads & (p->n_threads - 1)))
		more = realloc(p->threads,
			       (p->n_threads ? 2 * p->n_threads : 1) *
				       sizeof(*more));
	if (!more)
		return -ENOMEM;
	p->threads = more;
	more[p->n_threads++] = *t;
	if (t->vtid != p->app->pid)
		return 0;
	first = more[0];
	more[0] = *t;
	more[p->n_threads - 1] = first;
	return 0;
}

static int read_threads(struct process *p, uint64_t at, char *err,
			size_t errlen)
{
	struct thread t;
	int rc = 0;

	while (at && !rc) {
		rc = process_need(p, at, &t, sizeof(t), "a thread's record",
				  err, errlen);
		if (!rc && p->n_threads >= THREADS_MAX)
			rc = image_fail(-EBADMSG, err, errlen,
					"%s: damaged: its list of threads has "
					"no end",
					p->path);
		if (!rc && add_thread(p, &t))
			rc = image_fail(-ENOMEM, err, errlen,
					"%s: out of memory", p->path);
		at = (uint64_t)t.next;
	}
	return rc;
}

static int read_records(struct process *p, char *err, size_t errlen)
{
	struct keep_root root;
	int rc = process_need(p, KEEP_BASE, &root, sizeof(root),
			      "the root of keep memory", err, errlen);

	if (!rc)
		rc = process_need(p, (uint64_t)root.app, p->app,
				  sizeof(*p->app), "the program's record", err,
				  errlen);
	if (rc)
		return rc;
	p->app->exe[sizeof(p->app->exe) - 1] = 0;
	p->app->libdir[sizeof(p->app->libdir) - 1] = 0;
	return read_threads(p, (uint64_t)root.threads, err, errlen);
}

int process_open(struct process *p, const struct image *img, const char *path,
		 char *err, size_t errlen)
{
	int rc;

	memset(p, 0, sizeof(*p));
	p->img = img;
	p->path = path;
	rc = find_info(p, err, errlen);
	if (rc)
		return rc;
	p->mem = image_memory_open(img);
	p->app = calloc(1, sizeof(*p->app));
	if (p->mem && p->app)
		rc = read_records(p, err, errlen);
	else
		rc = image_fail(-ENOMEM, err, errlen, "%s: out of memory",
				path);
	if (rc)
		process_close(p);
	return rc;
}

void process_close(struct process *p)
{
	image_memory_close(p->mem);
	free(p->app);
	free(p->threads);
	memset(p, 0, sizeof(*p));
}
