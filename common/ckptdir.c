/* SPDX-License-Identifier: MIT */
/* ckptdir.c - what lies in a checkpoint directory, by name */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include "ckptdir.h"
#include "jfile.h"

#define MARK_BYTES (64 << 10)

uint64_t generation_number(const char *name)
{
	size_t n = strspn(name, "0123456789");

	if (name[0] == '0' || !n || n > 15 || name[n])
		return 0;
	return strtoull(name, NULL, 10);
}

int job_id(char out[WIRE_ID])
{
	unsigned char raw[(WIRE_ID - 1) / 2];
	size_t i;

	if (getrandom(raw, sizeof(raw), 0) != sizeof(raw))
		return -EIO;
	for (i = 0; i < sizeof(raw); i++)
		snprintf(out + 2 * i, 3, "%02x", raw[i]);
	return 0;
}

int job_mark_read(int dir, const char *shown, struct job_mark *m,
		  struct reason *why)
{
	char path[4608];
	json_t *j;
	int rc;

	memset(m, 0, sizeof(*m));
	snprintf(path, sizeof(path), "%s/" JOB_FILE, shown);
	rc = jfile_load(&j, dir, JOB_FILE, MARK_BYTES, path, why);
	if (!rc && (jfile_string(j, "id", m->id, sizeof(m->id)) || !m->id[0] ||
		    jfile_string(j, "round", m->round, sizeof(m->round)) ||
		    jfile_string(j, "program", m->program, sizeof(m->program))))
		rc = reason_set(why, -EINVAL, "", "%s: does not make sense",
				path);
	json_decref(j);
	return rc;
}

int job_mark_write(int dir, const struct job_mark *m, int durable)
{
	json_t *j = json_pack("{s:o, s:o, s:o}", "id", jfile_text(m->id),
			      "round", jfile_text(m->round), "program",
			      jfile_text(m->program));
	int rc = j ? jfile_save(j, dir, JOB_FILE, durable) : -ENOMEM;

	json_decref(j);
	return rc;
}

int job_end_read(int dir, const char *shown, struct job_end *e,
		 struct reason *why)
{
	char path[4608];
	json_t *j;
	int rc;

	memset(e, 0, sizeof(*e));
	snprintf(path, sizeof(path), "%s/" END_FILE, shown);
	rc = jfile_load(&j, dir, END_FILE, MARK_BYTES, path, why);
	if (!rc && jfile_string(j, "id", e->id, sizeof(e->id)))
		rc = reason_set(why, -EINVAL, "", "%s: does not make sense",
				path);
	e->rank = (uint32_t)json_integer_value(json_object_get(j, "rank"));
	e->lost = json_is_true(json_object_get(j, "lost"));
	e->code = (int)json_integer_value(json_object_get(j, "code"));
	json_decref(j);
	return rc;
}

int job_end_write(int dir, const struct job_end *e)
{
	json_t *j = json_pack("{s:o, s:i, s:b, s:i}", "id", jfile_text(e->id),
			      "rank", (int)e->rank, "lost", e->lost, "code",
			      e->code);
	int rc = j ? jfile_save(j, dir, END_FILE, 0) : -ENOMEM;

	json_decref(j);
	return rc;
}
