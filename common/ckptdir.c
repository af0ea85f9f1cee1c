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

static int take_mark(const json_t *o, void *to)
{
	struct job_mark *m = to;
	int rc = jfile_string(o, "id", m->id, sizeof(m->id));

	if (!rc && !m->id[0])
		rc = -EINVAL;
	if (!rc)
		rc = jfile_string(o, "round", m->round, sizeof(m->round));
	if (!rc)
		rc = jfile_string(o, "program", m->program, sizeof(m->program));
	return rc;
}

int job_mark_read(int dir, const char *shown, struct job_mark *m,
		  struct reason *why)
{
	memset(m, 0, sizeof(*m));
	return jfile_take(dir, shown, JOB_FILE, MARK_BYTES, take_mark, m, "",
			  why);
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

static int take_end(const json_t *o, void *to)
{
	struct job_end *e = to;

	e->rank = (uint32_t)json_integer_value(json_object_get(o, "rank"));
	e->lost = json_is_true(json_object_get(o, "lost"));
	e->code = (int)json_integer_value(json_object_get(o, "code"));
	return jfile_string(o, "id", e->id, sizeof(e->id));
}

int job_end_read(int dir, const char *shown, struct job_end *e,
		 struct reason *why)
{
	memset(e, 0, sizeof(*e));
	return jfile_take(dir, shown, END_FILE, MARK_BYTES, take_end, e, "",
			  why);
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
