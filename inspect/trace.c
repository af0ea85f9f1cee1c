/* SPDX-License-Identifier: MIT */
/* trace.c - a generation's phases as a trace, for Perfetto or Chrome */
#include <errno.h>
#include "../common/jfile.h"
#include "trace.h"

/* The number of a host, from 1; *new: it had none before. */
static json_int_t host_number(json_t *hosts, const char *host, int *new)
{
	json_int_t n = json_integer_value(json_object_get(hosts, host));

	*new = !n;
	if (n)
		return n;
	n = (json_int_t)json_object_size(hosts) + 1;
	json_object_set_new_nocheck(hosts, host, json_integer(n));
	return n;
}

static int name(FILE *f, const char *what, json_int_t pid, uint32_t tid,
		const char *called)
{
	json_t *o = json_pack("{s:s, s:s, s:I, s:i, s:{s:o}}", "name", what,
			      "ph", "M", "pid", pid, "tid", (int)tid, "args",
			      "name", jfile_text(called));
	int rc = o ? json_dumpf(o, f, JSON_COMPACT) : -1;

	fputs(",\n", f);
	json_decref(o);
	return rc;
}

static int slice(FILE *f, const struct manifest *m, json_int_t pid,
		 uint32_t rank, int phase)
{
	uint32_t began = manifest_phase_began(m, rank, phase);
	json_t *o = json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:i}", "name",
			      manifest_phase_name(phase), "cat", "checkpoint",
			      "ph", "X", "ts", (json_int_t)began * 1000, "dur",
			      (json_int_t)m->images[rank].took[phase] * 1000,
			      "pid", pid, "tid", (int)rank);
	int rc = o ? json_dumpf(o, f, JSON_COMPACT) : -1;

	fputs(rank + 1 == m->size && phase + 1 == PHASES ? "\n" : ",\n", f);
	json_decref(o);
	return rc;
}

static int rank_events(FILE *f, const struct manifest *m, uint32_t rank,
		       json_t *hosts)
{
	const char *host = m->images[rank].host;
	char called[32];
	int new, p, rc = 0;
	json_int_t pid = host_number(hosts, host, &new);

	snprintf(called, sizeof(called), "rank %u", rank);
	if (new)
		rc = name(f, "process_name", pid, 0, host);
	if (!rc)
		rc = name(f, "thread_name", pid, rank, called);
	for (p = 0; p < PHASES && !rc; p++)
		rc = slice(f, m, pid, rank, p);
	return rc;
}

/* One event after the other: a tree of all of them would be a thousand bytes a
 * rank. */
int trace_write(FILE *f, const struct manifest *m)
{
	json_t *hosts = json_object();
	uint32_t i;
	int rc = hosts ? 0 : -1;

	fprintf(f, "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n");
	for (i = 0; i < m->size && !rc; i++)
		rc = rank_events(f, m, i, hosts);
	fprintf(f, "]}\n");
	json_decref(hosts);
	if (rc)
		return -ENOMEM;
	return ferror(f) ? -EIO : 0;
}
