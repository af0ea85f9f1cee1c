/* SPDX-License-Identifier: MIT */
/* manifest.c - which generations of a checkpoint exist, and what is in one */
#define _GNU_SOURCE 1
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "manifest.h"
#include "../common/image_format.h"

#define OLDER "restart another generation (--generation N)"

static const char *string_or_empty(const json_t *root, const char *key)
{
	const char *s = json_string_value(json_object_get(root, key));

	return s ? s : "";
}

/* An integer from min on; -1 when it is not one. */
static json_int_t integer(const json_t *o, const char *key, json_int_t min)
{
	const json_t *v = json_object_get(o, key);

	if (!json_is_integer(v) || json_integer_value(v) < min)
		return -1;
	return json_integer_value(v);
}

static int setting(const json_t *o, const char *key, json_int_t min,
		   json_int_t max)
{
	json_int_t v = integer(o, key, min);

	return v > max ? -1 : (int)v;
}

/* Exactly the hexadecimal digits of a 64-bit number. */
static int parse_digest(const char *s, uint64_t *out)
{
	size_t n = s ? strspn(s, "0123456789abcdefABCDEF") : 0;

	if (!n || n > 16 || s[n])
		return -EINVAL;
	*out = strtoull(s, NULL, 16);
	return 0;
}

/*
 * A plain name: what a manifest says never leads out of its directory, nor
 * makes two lines of one.
 */
static int plain_name(const char *s)
{
	return s && *s && *s != '.' && !strchr(s, '/') && !strchr(s, '\n') &&
	       strlen(s) < 256;
}

static int parse_image(struct manifest *m, const json_t *o)
{
	const char *file = json_string_value(json_object_get(o, "file"));
	json_int_t rank = integer(o, "rank", 0);
	json_int_t bytes = integer(o, "bytes", 1);
	struct manifest_image *img;

	if (rank < 0 || rank >= m->ranks || bytes < 0 || !plain_name(file))
		return -EINVAL;
	img = &m->images[rank];
	if (img->path || parse_digest(json_string_value(json_object_get(
				      o, "digest")), &img->digest))
		return -EINVAL;
	img->bytes = (uint64_t)bytes;
	if (json_is_string(json_object_get(o, "host")))
		img->host = strdup(string_or_empty(o, "host"));
	return asprintf(&img->path, "%s/%s", m->dir, file) < 0 ? -ENOMEM : 0;
}

static int parse_root(struct manifest *m, const json_t *root, char *err,
		      size_t errlen)
{
	const json_t *images = json_object_get(root, "images"), *o;
	json_int_t format = integer(root, "format", 0);
	json_int_t ranks = integer(root, "ranks", 1);
	size_t i;
	int rc = 0;

	if (format != MANIFEST_FORMAT)
		return image_fail(-ENOTSUP, err, errlen, "%s/manifest.json: "
				  "format %lld, this program reads %d: restart "
				  "with the version that wrote it", m->dir,
				  (long long)format, MANIFEST_FORMAT);
	if (ranks < 1 || ranks > MANIFEST_RANKS_MAX ||
	    json_array_size(images) != (size_t)ranks ||
	    integer(root, "generation", 0) != m->generation)
		rc = -EINVAL;
	m->ranks = rc ? 0 : (int)ranks;
	m->interval = setting(root, "interval", 0, 1 << 30);
	m->keep = setting(root, "keep", 1, 1 << 20);
	m->level = setting(root, "level", 0, 19);
	m->images = calloc((size_t)m->ranks + 1, sizeof(*m->images));
	m->job = strdup(string_or_empty(root, "job"));
	m->program = strdup(string_or_empty(root, "program"));
	m->mpi = strdup(string_or_empty(root, "mpi"));
	if (!m->images || !m->job || !m->program || !m->mpi)
		rc = -ENOMEM;
	for (i = 0; !rc && i < json_array_size(images); i++) {
		o = json_array_get(images, i);
		rc = parse_image(m, o);
	}
	return rc ? image_fail(rc, err, errlen, "%s/manifest.json: does not "
			       "make sense: %s", m->dir, OLDER) : 0;
}

static int check_files(const struct manifest *m, char *err, size_t errlen)
{
	for (int i = 0; i < m->ranks; i++) {
		const struct manifest_image *img = &m->images[i];
		struct stat st;

		if (stat(img->path, &st))
			return image_fail(-errno, err, errlen, "%s: image of "
					  "rank %d: %s: %s", img->path, i,
					  strerror(errno), OLDER);
		if (!S_ISREG(st.st_mode))
			return image_fail(-EINVAL, err, errlen, "%s: image of "
					  "rank %d is not a file: %s",
					  img->path, i, OLDER);
		if ((uint64_t)st.st_size != img->bytes)
			return image_fail(-ENODATA, err, errlen, "%s: image of "
					  "rank %d has the wrong size (%lld of "
					  "%" PRIu64 " bytes): %s", img->path,
					  i, (long long)st.st_size, img->bytes,
					  OLDER);
	}
	return 0;
}

static int load_root(const struct manifest *m, json_t **root, char *err,
		     size_t errlen)
{
	char *path = NULL;
	json_error_t je;
	struct stat st;
	int rc = 0;

	if (asprintf(&path, "%s/manifest.json", m->dir) < 0)
		return image_fail(-ENOMEM, err, errlen, "out of memory");
	if (stat(path, &st))
		rc = image_fail(-errno, err, errlen, "%s: generation %ld is "
				"not complete (no manifest): %s", m->dir,
				m->generation, OLDER);
	else if (!S_ISREG(st.st_mode) || st.st_size > (512 << 20))
		rc = image_fail(-EINVAL, err, errlen, "%s: not a manifest: %s",
				path, OLDER);
	if (!rc)
		*root = json_load_file(path, JSON_REJECT_DUPLICATES, &je);
	if (!rc && !*root)
		rc = image_fail(-EINVAL, err, errlen, "%s: not readable as "
				"JSON (line %d: %s): %s", path, je.line,
				je.text, OLDER);
	free(path);
	return rc;
}

static int load_one(const char *dir, const char *name, long generation,
		    struct manifest **out, char *err, size_t errlen)
{
	struct manifest *m = calloc(1, sizeof(*m));
	json_t *root = NULL;
	int rc = -ENOMEM;

	if (!m || asprintf(&m->dir, "%s/%s", dir, name) < 0) {
		free(m);
		return image_fail(rc, err, errlen, "out of memory");
	}
	m->generation = generation;
	rc = load_root(m, &root, err, errlen);
	if (!rc)
		rc = parse_root(m, root, err, errlen);
	if (!rc)
		rc = check_files(m, err, errlen);
	json_decref(root);
	if (rc)
		manifest_free(m);
	else
		*out = m;
	return rc;
}

/* The number a generation's directory is named by, or -1. */
static long name_number(const char *name)
{
	size_t n = strspn(name, "0123456789");

	return n && n < 18 && !name[n] ? strtol(name, NULL, 10) : -1;
}

static int is_generation(const struct dirent *d)
{
	return name_number(d->d_name) >= 0;
}

static int newest_first(const struct dirent **a, const struct dirent **b)
{
	long x = name_number((*a)->d_name), y = name_number((*b)->d_name);

	return (x < y) - (x > y);
}

/* "what: why: what is done instead" out of "what: why: what to do". */
static char *skip_note(char *why, long instead)
{
	char *advice = strstr(why, ": " OLDER), *note;

	if (advice)
		*advice = 0;
	if (asprintf(&note, "%s: using generation %ld instead", why,
		     instead) < 0)
		return NULL;
	return note;
}

/* Newest first; why the newest was passed over is kept for the note. */
static int load_newest(const char *dir, struct dirent **names, int n,
		       struct manifest **out, char *err, size_t errlen)
{
	char why[1024] = "", first[1024] = "";

	for (int i = 0; i < n; i++) {
		long g = name_number(names[i]->d_name);

		if (load_one(dir, names[i]->d_name, g, out, why, sizeof(why))) {
			if (!*first)
				memcpy(first, why, sizeof(first));
			continue;
		}
		if (*first)
			(*out)->skipped = skip_note(first, g);
		return 0;
	}
	if (n)
		return image_fail(-ENOENT, err, errlen, "%s", first);
	return image_fail(-ENOENT, err, errlen, "%s: no checkpoint in it: name "
			  "the directory with --ckptdir", dir);
}

static int load_numbered(const char *dir, struct dirent **names, int n,
			 long generation, struct manifest **out, char *err,
			 size_t errlen)
{
	for (int i = 0; i < n; i++)
		if (name_number(names[i]->d_name) == generation)
			return load_one(dir, names[i]->d_name, generation, out,
					err, errlen);
	return image_fail(-ENOENT, err, errlen, "%s: no generation %ld: name "
			  "one of the directories in it, or none",
			  dir, generation);
}

int manifest_load(const char *dir, long generation, struct manifest **out,
		  char *err, size_t errlen)
{
	struct dirent **names = NULL;
	int n = scandir(dir, &names, is_generation, newest_first), rc;

	*out = NULL;
	if (n < 0)
		return image_fail(-errno, err, errlen, "%s: no checkpoint "
				  "directory: %s: name it with --ckptdir", dir,
				  strerror(errno));
	if (generation < 0)
		rc = load_newest(dir, names, n, out, err, errlen);
	else
		rc = load_numbered(dir, names, n, generation, out, err,
				   errlen);
	while (n > 0)
		free(names[--n]);
	free(names);
	return rc;
}

void manifest_free(struct manifest *m)
{
	if (!m)
		return;
	for (int i = 0; m->images && i < m->ranks; i++) {
		free(m->images[i].path);
		free(m->images[i].host);
	}
	free(m->images);
	free(m->skipped);
	free(m->program);
	free(m->job);
	free(m->mpi);
	free(m->dir);
	free(m);
}
