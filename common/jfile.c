/* SPDX-License-Identifier: MIT */
/* jfile.c - what our JSON files need beyond jansson */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "durable.h"
#include "jfile.h"
#include "trust.h"

json_t *jfile_text(const char *s)
{
	json_t *j = json_string(s);
	char *copy, *p;

	if (j)
		return j;
	copy = strdup(s);
	if (!copy)
		return NULL;
	for (p = copy; *p; p++)
		if (*p & 0x80)
			*p = '?';
	j = json_string(copy);
	free(copy);
	return j;
}

int jfile_string(const json_t *o, const char *key, char *out, size_t len)
{
	const char *s = json_string_value(json_object_get(o, key));

	if (!s || strlen(s) >= len)
		return -EINVAL;
	memcpy(out, s, strlen(s) + 1);
	return 0;
}

uint64_t jfile_number(const json_t *o, const char *key)
{
	json_int_t n = json_integer_value(json_object_get(o, key));

	return n > 0 ? (uint64_t)n : 0;
}

int jfile_load(json_t **out, int at, const char *name, size_t max,
	       const char *shown, struct reason *why)
{
	int fd = trust_file(at, name, O_RDONLY, shown, why), rc = 0;
	json_error_t e;
	struct stat st;

	*out = NULL;
	if (fd < 0)
		return fd;
	if (fstat(fd, &st) || (uint64_t)st.st_size > max)
		rc = reason_set(why, -EINVAL, "", "%s: too long", shown);
	else
		*out = json_loadfd(fd, JSON_REJECT_DUPLICATES, &e);
	close(fd);
	if (!rc && !*out)
		rc = reason_set(why, -EINVAL, "",
				"%s: not readable as JSON (line %d: %s)", shown,
				e.line, e.text);
	return rc;
}

int jfile_take(int dir, const char *shown, const char *name, size_t max,
	       int (*take)(const json_t *o, void *to), void *to,
	       const char *hint, struct reason *why)
{
	char path[4608];
	json_t *o;
	int rc;

	snprintf(path, sizeof(path), "%s/%s", shown, name);
	rc = jfile_load(&o, dir, name, max, path, why);
	if (!rc && take(o, to))
		rc = reason_set(why, -EINVAL, hint, "%s: does not make sense",
				path);
	json_decref(o);
	return rc;
}

static int dump(const char *text, size_t len, void *file)
{
	return fwrite(text, 1, len, file) == len ? 0 : -1;
}

/* By way of a buffer: jansson gives each word by itself. */
static int write_all(const json_t *o, int fd)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0), rc = 0;
	FILE *f = copy < 0 ? NULL : fdopen(copy, "w");

	errno = 0;
	if (!f || json_dump_callback(o, dump, f, JSON_INDENT(1)) ||
	    fputc('\n', f) == EOF)
		rc = errno ? -errno : -EIO;
	if (f && fclose(f) && !rc)
		rc = -errno;
	else if (!f && copy >= 0)
		close(copy);
	return rc;
}

int jfile_save(const json_t *o, int at, const char *name, int durable)
{
	char tmp[4200];
	int fd, rc = 0;

	if ((size_t)snprintf(tmp, sizeof(tmp), "%s.tmp", name) >= sizeof(tmp))
		return -ENAMETOOLONG;
	unlinkat(at, tmp, 0);
	fd = openat(at, tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	rc = write_all(o, fd);
	if (!rc && durable && fsync(fd))
		rc = -errno;
	if (close(fd) && !rc)
		rc = -errno;
	if (!rc && renameat(at, tmp, at, name))
		rc = -errno;
	if (rc) {
		unlinkat(at, tmp, 0);
		return rc;
	}
	return durable ? durable_parent(at, name) : 0;
}
