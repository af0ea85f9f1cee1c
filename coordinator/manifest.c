/* SPDX-License-Identifier: MIT */
/* manifest.c - DIR/<generation>/manifest.json: the commit record */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "generation.h"
#include "jfile.h"
#include "manifest.h"

uint64_t manifest_bytes(const struct manifest *m)
{
	uint64_t sum = 0;
	uint32_t i;

	for (i = 0; i < m->size; i++)
		sum += m->ranks[i].bytes;
	return sum;
}

/* What ranks said they wrote must be there, whole. */
static int check_images(const char *dir, const struct manifest *m, char *err,
			size_t errlen)
{
	const struct manifest_rank *k;
	char path[4400];
	struct stat st;
	uint32_t i;

	for (i = 0; i < m->size; i++) {
		k = &m->ranks[i];
		snprintf(path, sizeof(path), "%s/%s", dir, k->file);
		if (stat(path, &st)) {
			snprintf(err, errlen, "image of rank %u: %s: %s", i,
				 path, strerror(errno));
			return -ENOENT;
		}
		if ((uint64_t)st.st_size != k->bytes) {
			snprintf(err, errlen,
				 "image of rank %u: %s has %lld bytes, not "
				 "%" PRIu64, i, path, (long long)st.st_size,
				 k->bytes);
			return -EIO;
		}
	}
	return 0;
}

static json_t *rank_json(const struct manifest_rank *k, uint32_t rank)
{
	char digest[20];

	snprintf(digest, sizeof(digest), "%016" PRIx64, k->digest);
	return json_pack("{s:i, s:o, s:I, s:s, s:o}", "rank", (int)rank,
			 "file", jfile_text(k->file), "bytes",
			 (json_int_t)k->bytes, "digest", digest, "host",
			 jfile_text(k->host));
}

static json_t *hosts_json(const struct manifest *m)
{
	json_t *hosts = json_array(), *seen = json_object();
	uint32_t i;

	for (i = 0; i < m->size; i++) {
		if (json_object_get(seen, m->ranks[i].host))
			continue;
		json_object_set_new(seen, m->ranks[i].host, json_true());
		json_array_append_new(hosts, jfile_text(m->ranks[i].host));
	}
	json_decref(seen);
	return hosts;
}

static json_t *to_json(const struct manifest *m)
{
	json_t *images = json_array();
	uint32_t i;

	for (i = 0; i < m->size; i++)
		json_array_append_new(images, rank_json(&m->ranks[i], i));
	return json_pack("{s:i, s:I, s:i, s:i, s:i, s:i, s:o, s:o, s:o, s:s,"
			 " s:f, s:f, s:f, s:f, s:f, s:I, s:I, s:o, s:o}",
			 "format", MANIFEST_FORMAT,
			 "generation", (json_int_t)m->generation,
			 "ranks", (int)m->size,
			 "interval", (int)m->interval,
			 "keep", (int)m->keep,
			 "level", m->level,
			 "job", jfile_text(m->job),
			 "program", jfile_text(m->program),
			 "mpi", jfile_text(m->mpi),
			 "time", m->time,
			 "seconds", m->seconds,
			 "stopped", m->stopped,
			 "stop", m->stop,
			 "drain", m->drain,
			 "write", m->write,
			 "bytes", (json_int_t)manifest_bytes(m),
			 "raw_bytes", (json_int_t)m->raw_bytes,
			 "hosts", hosts_json(m),
			 "images", images);
}

int manifest_write(const char *dir, const struct manifest *m, char *err,
		   size_t errlen)
{
	char path[4400];
	json_t *j;
	int rc;

	rc = check_images(dir, m, err, errlen);
	if (rc)
		return rc;
	j = to_json(m);
	if (!j)
		rc = -ENOMEM;
	snprintf(path, sizeof(path), "%s/" MANIFEST_FILE, dir);
	if (!rc)
		rc = jfile_save(j, path, 0600);
	if (rc)
		snprintf(err, errlen, "cannot write %s: %s", path,
			 strerror(-rc));
	json_decref(j);
	return rc;
}

static int read_rank(const json_t *j, uint32_t rank, struct manifest_rank *k)
{
	json_t *bytes = json_object_get(j, "bytes");
	char digest[20], *end;

	if (json_integer_value(json_object_get(j, "rank")) != rank ||
	    jfile_string(j, "file", k->file, sizeof(k->file)) ||
	    jfile_string(j, "host", k->host, sizeof(k->host)) ||
	    jfile_string(j, "digest", digest, sizeof(digest)) ||
	    strchr(k->file, '/') || !json_is_integer(bytes) ||
	    json_integer_value(bytes) < 0)
		return -EINVAL;
	k->bytes = (uint64_t)json_integer_value(bytes);
	k->digest = strtoull(digest, &end, 16);
	return *end || end == digest ? -EINVAL : 0;
}

static int read_all(const json_t *j, struct manifest *m)
{
	json_t *images = json_object_get(j, "images");
	json_int_t size = json_integer_value(json_object_get(j, "ranks"));
	json_int_t gen = json_integer_value(json_object_get(j, "generation"));
	uint32_t i;
	int rc = 0;

	if (json_integer_value(json_object_get(j, "format")) !=
	    MANIFEST_FORMAT)
		return -EPROTONOSUPPORT;
	if (gen < 1 || size < 1 || size > INT32_MAX ||
	    json_array_size(images) != (size_t)size ||
	    jfile_string(j, "job", m->job, sizeof(m->job)) ||
	    jfile_string(j, "mpi", m->mpi, sizeof(m->mpi)) ||
	    jfile_string(j, "time", m->time, sizeof(m->time)) ||
	    jfile_string(j, "program", m->program, sizeof(m->program)))
		return -EINVAL;
	m->generation = (uint64_t)gen;
	m->raw_bytes = (uint64_t)json_integer_value(
		json_object_get(j, "raw_bytes"));
	m->seconds = json_number_value(json_object_get(j, "seconds"));
	m->stopped = json_number_value(json_object_get(j, "stopped"));
	m->stop = json_number_value(json_object_get(j, "stop"));
	m->drain = json_number_value(json_object_get(j, "drain"));
	m->write = json_number_value(json_object_get(j, "write"));
	m->size = (uint32_t)size;
	m->ranks = calloc(m->size, sizeof(*m->ranks));
	if (!m->ranks)
		return -ENOMEM;
	for (i = 0; i < m->size && !rc; i++)
		rc = read_rank(json_array_get(images, i), i, &m->ranks[i]);
	return rc;
}

int manifest_read(const char *dir, struct manifest *m, char *err,
		  size_t errlen)
{
	char path[4400];
	json_error_t je;
	json_t *j;
	int rc;

	memset(m, 0, sizeof(*m));
	snprintf(path, sizeof(path), "%s/" MANIFEST_FILE, dir);
	errno = 0;
	j = json_load_file(path, 0, &je);
	if (!j) {
		rc = errno == ENOENT ? -ENOENT : -EINVAL;
		snprintf(err, errlen, "%s: %s", path, je.text);
		return rc;
	}
	rc = read_all(j, m);
	json_decref(j);
	if (rc) {
		manifest_fini(m);
		snprintf(err, errlen, "%s: %s", path,
			 rc == -EPROTONOSUPPORT ?
				 "written in another format version" :
				 "damaged");
	}
	return rc;
}

void manifest_fini(struct manifest *m)
{
	free(m->ranks);
	memset(m, 0, sizeof(*m));
}
