/* SPDX-License-Identifier: MIT */
/* manifest.c - DIR/<generation>/manifest.json: the commit record */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "ckptdir.h"
#include "image_dir.h"
#include "jfile.h"
#include "last_part.h"
#include "manifest.h"
#include "manifest_phase.h"
#include "trust.h"

#define MANIFEST_BYTES (512U << 20)

static json_t *image_json(const struct manifest_image *k, uint32_t rank)
{
	char digest[20];

	snprintf(digest, sizeof(digest), "%016" PRIx64, k->digest);
	return json_pack("{s:i, s:o, s:I, s:s, s:o}", "rank", (int)rank, "file",
			 jfile_text(k->file), "bytes", (json_int_t)k->bytes,
			 "digest", digest, "host", jfile_text(k->host));
}

static json_t *hosts_json(const struct manifest *m)
{
	json_t *hosts = json_array(), *seen = json_object();
	uint32_t i;

	for (i = 0; i < m->size; i++) {
		if (json_object_get(seen, m->images[i].host))
			continue;
		json_object_set_new(seen, m->images[i].host, json_true());
		json_array_append_new(hosts, jfile_text(m->images[i].host));
	}
	json_decref(seen);
	return hosts;
}

static json_t *to_json(const struct manifest *m)
{
	json_t *images = json_array(), *o;
	uint32_t i;

	for (i = 0; i < m->size; i++)
		json_array_append_new(images, image_json(&m->images[i], i));
	/* clang-format off */
	o = json_pack("{s:i, s:I, s:i, s:i, s:i, s:i, s:s, s:o, s:o, s:o,"
		      " s:s, s:f, s:f, s:f, s:f, s:f, s:I, s:I, s:o, s:o}",
		      "format", image_dirs(m->size) ? MANIFEST_SPLIT :
						      MANIFEST_FORMAT,
		      "generation", (json_int_t)m->generation,
		      "ranks", (int)m->size,
		      "interval", m->interval,
		      "keep", m->keep,
		      "level", m->level,
		      "id", m->id,
		      "job", jfile_text(m->job),
		      "program", jfile_text(m->program),
		      "mpi", jfile_text(m->mpi),
		      "time", m->time,
		      "seconds", m->seconds,
		      "stopped", m->stopped,
		      "stop", m->stop,
		      "drain", m->drain,
		      "write", m->write,
		      "bytes", (json_int_t)m->bytes,
		      "raw_bytes", (json_int_t)m->raw_bytes,
		      "hosts", hosts_json(m),
		      "images", images);
	/* clang-format on */
	if (o && m->phases)
		json_object_set_new(o, "phases", manifest_phase_json(m));
	return o;
}

int manifest_write(int gen, const char *shown, const struct manifest *m,
		   struct reason *why)
{
	json_t *j = to_json(m);
	int rc = j ? jfile_save(j, gen, MANIFEST_FILE, 1) : -ENOMEM;

	json_decref(j);
	return rc ? reason_set(why, rc, "",
			       "cannot write %s/" MANIFEST_FILE ": %s", shown,
			       strerror(-rc)) :
		    0;
}

/* An integer from min to max; -1 when it is not one. */
static json_int_t integer(const json_t *o, const char *key, json_int_t min,
			  json_int_t max)
{
	const json_t *v = json_object_get(o, key);
	json_int_t n = json_integer_value(v);

	return json_is_integer(v) && n >= min && n <= max ? n : -1;
}

static void text(const json_t *o, const char *key, char *out, size_t len)
{
	if (jfile_string(o, key, out, len))
		out[0] = 0;
}

/* Exactly the hexadecimal digits of a 64-bit number. */
static int read_digest(const char *s, uint64_t *out)
{
	size_t n = s ? strspn(s, "0123456789abcdefABCDEF") : 0;

	if (!n || n > 16 || s[n])
		return -EINVAL;
	*out = strtoull(s, NULL, 16);
	return 0;
}

/* What a manifest says never leads to any other file. */
static int is_named_so(const char *file, uint32_t rank, uint32_t size,
		       json_int_t format)
{
	char want[WIRE_NAME];

	if (format == MANIFEST_SPLIT)
		image_name(want, rank, size);
	else
		image_name_flat(want, rank);
	return !strcmp(file, want);
}

static int read_image(struct manifest *m, const json_t *o, json_int_t format)
{
	json_int_t rank = integer(o, "rank", 0, m->size - 1);
	json_int_t bytes = integer(o, "bytes", 1, INT64_MAX);
	struct manifest_image *k;

	if (rank < 0 || bytes < 0)
		return -EINVAL;
	k = &m->images[rank];
	if (k->file[0] || jfile_string(o, "file", k->file, sizeof(k->file)) ||
	    !is_named_so(k->file, (uint32_t)rank, m->size, format) ||
	    read_digest(json_string_value(json_object_get(o, "digest")),
			&k->digest))
		return -EINVAL;
	k->bytes = (uint64_t)bytes;
	m->bytes += k->bytes;
	text(o, "host", k->host, sizeof(k->host));
	return 0;
}

static void read_times(struct manifest *m, const json_t *o)
{
	m->seconds = json_number_value(json_object_get(o, "seconds"));
	m->stopped = json_number_value(json_object_get(o, "stopped"));
	m->stop = json_number_value(json_object_get(o, "stop"));
	m->drain = json_number_value(json_object_get(o, "drain"));
	m->write = json_number_value(json_object_get(o, "write"));
}

static int read_root(struct manifest *m, const json_t *o, json_int_t format)
{
	const json_t *images = json_object_get(o, "images");
	json_int_t ranks = integer(o, "ranks", 1, MANIFEST_RANKS_MAX);
	size_t i;
	int rc = 0;

	if (ranks < 0 || json_array_size(images) != (size_t)ranks ||
	    integer(o, "generation", 1, GENERATION_MAX) !=
		    (json_int_t)m->generation)
		return -EINVAL;
	m->size = (uint32_t)ranks;
	m->images = calloc(m->size, sizeof(*m->images));
	if (!m->images)
		return -ENOMEM;
	m->interval = (int)integer(o, "interval", 0, 1 << 30);
	m->keep = (int)integer(o, "keep", 1, 1 << 20);
	m->level = (int)integer(o, "level", 0, 19);
	m->raw_bytes =
		(uint64_t)json_integer_value(json_object_get(o, "raw_bytes"));
	read_times(m, o);
	text(o, "id", m->id, sizeof(m->id));
	text(o, "job", m->job, sizeof(m->job));
	text(o, "mpi", m->mpi, sizeof(m->mpi));
	text(o, "time", m->time, sizeof(m->time));
	text(o, "program", m->program, sizeof(m->program));
	for (i = 0; !rc && i < m->size; i++)
		rc = read_image(m, json_array_get(images, i), format);
	manifest_phase_read(m, json_object_get(o, "phases"));
	return rc;
}

/* All of it, or nothing: m is zeros after an error. */
static int read_json(struct manifest *m, const json_t *o, const char *path,
		     struct reason *why)
{
	json_int_t format = integer(o, "format", 0, INT32_MAX);
	int rc;

	if (format != MANIFEST_FORMAT && format != MANIFEST_SPLIT)
		return reason_set(why, -ENOTSUP,
				  "restart with the version that wrote it",
				  "%s: format %lld, this program reads %d "
				  "and %d",
				  path, (long long)format, MANIFEST_FORMAT,
				  MANIFEST_SPLIT);
	rc = read_root(m, o, format);
	if (rc)
		manifest_fini(m);
	return rc ? reason_set(why, rc, "", "%s: %s", path,
			       rc == -ENOMEM ? "out of memory" :
					       "does not make sense") :
		    0;
}

int manifest_read(int gen, const char *shown, uint64_t generation,
		  struct manifest *m, struct reason *why)
{
	char path[WIRE_PATH + 32];
	json_t *o;
	int rc;

	memset(m, 0, sizeof(*m));
	m->generation = generation;
	snprintf(path, sizeof(path), "%s/" MANIFEST_FILE, shown);
	rc = jfile_load(&o, gen, MANIFEST_FILE, MANIFEST_BYTES, path, why);
	if (rc == -ENOENT)
		return reason_set(why, rc, "",
				  "%s: generation %" PRIu64
				  " is not complete (no manifest)",
				  shown, generation);
	if (!rc)
		rc = read_json(m, o, path, why);
	json_decref(o);
	return rc;
}

/* dir is the open directory that the image is in. */
static int check_image(int dir, const char *shown, const struct manifest *m,
		       uint32_t rank, struct reason *why)
{
	const struct manifest_image *k = &m->images[rank];
	char path[WIRE_PATH + WIRE_NAME];
	struct stat st;
	int rc;

	snprintf(path, sizeof(path), "%s/%s", shown, k->file);
	if (fstatat(dir, last_part(k->file), &st, AT_SYMLINK_NOFOLLOW))
		return reason_set(why, -errno, "", "%s: image of rank %u: %s",
				  path, rank, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return reason_set(why, -EINVAL, "",
				  "%s: image of rank %u is not a file", path,
				  rank);
	rc = trust_check(-1, &st, path, why);
	if (!rc && (uint64_t)st.st_size != k->bytes)
		rc = reason_set(why, -ENODATA, "",
				"%s: image of "
				"rank %u has the wrong size (%lld of "
				"%" PRIu64 " bytes)",
				path, rank, (long long)st.st_size, k->bytes);
	return rc;
}

/* Those of ranks from first up to end, which are in one directory. */
static int check_images(int gen, const char *shown, const struct manifest *m,
			uint32_t first, uint32_t end, struct reason *why)
{
	int dir = image_dir_open(gen, shown, m->images[first].file, why);
	int rc = dir < 0 ? dir : 0;
	uint32_t i;

	for (i = first; !rc && i < end; i++)
		rc = check_image(dir, shown, m, i, why);
	if (dir >= 0)
		close(dir);
	return rc;
}

int manifest_check(int gen, const char *shown, const struct manifest *m,
		   struct reason *why)
{
	uint32_t i, n;
	int rc = 0;

	for (i = 0; !rc && i < m->size; i += n) {
		n = m->size - i < IMAGES_PER_DIR ? m->size - i : IMAGES_PER_DIR;
		rc = check_images(gen, shown, m, i, i + n, why);
	}
	return rc;
}

void manifest_fini(struct manifest *m)
{
	free(m->images);
	memset(m, 0, sizeof(*m));
}
