/* SPDX-License-Identifier: MIT */
/* record.c - DIR/run.json: what mana_run knows of the job in DIR */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "../common/jfile.h"
#include "line.h"
#include "record.h"

#define RECORD_BYTES   (4 << 20)
#define RECORD_VERSION 1
#define RAN_LEAST      1.0 /* s of the program between two requeues */

static const char *const states[] = { "", "running", "later", "ended", "done" };

#define STATES (sizeof(states) / sizeof(states[0]))

static double real(const json_t *j)
{
	double d = json_number_value(j);

	return d > 0 ? d : 0;
}

static int take(const json_t *j, void *to)
{
	struct record *r = to;
	json_t *line = json_object_get(j, "line"), *list;
	const char *state = json_string_value(json_object_get(j, "state"));
	size_t i;

	for (i = 1; state && i < STATES; i++)
		if (!strcmp(state, states[i]))
			r->state = (enum record_state)i;
	if (jfile_number(j, "version") != RECORD_VERSION || !r->state ||
	    !json_array_size(line) || jfile_string(j, "id", r->id, WIRE_ID))
		return -EINVAL;
	r->line = json_incref(line);
	r->base = jfile_number(j, "base");
	r->generation = jfile_number(j, "generation");
	r->requeued_at = jfile_number(j, "requeued_at");
	r->attempts = (unsigned int)jfile_number(j, "attempts");
	r->code = (int)jfile_number(j, "code");
	r->stopped = real(json_object_get(j, "stopped"));
	list = json_object_get(j, "seconds");
	for (i = 0; i < RECORD_COSTS && i < json_array_size(list); i++)
		r->seconds[r->n_seconds++] = real(json_array_get(list, i));
	return 0;
}

int record_read(int dir, const char *shown, struct record *r,
		struct reason *why)
{
	int rc;

	memset(r, 0, sizeof(*r));
	rc = jfile_take(dir, shown, RECORD_FILE, RECORD_BYTES, take, r,
			"start anew with --new, or remove it", why);
	return rc == -ENOENT ? 0 : rc;
}

int record_write(int dir, const struct record *r)
{
	unsigned int i,
		n = r->n_seconds < RECORD_COSTS ? r->n_seconds : RECORD_COSTS;
	json_t *list = json_array(), *j;
	int rc;

	for (i = 0; i < n; i++)
		json_array_append_new(list, json_real(r->seconds[i]));
	/* clang-format off */
	j = json_pack("{s:i, s:s, s:O, s:s, s:I, s:I, s:I, s:i, s:i, s:o, s:f}",
		      "version", RECORD_VERSION, "state", states[r->state],
		      "line", r->line, "id", r->id,
		      "base", (json_int_t)r->base,
		      "generation", (json_int_t)r->generation,
		      "requeued_at", (json_int_t)r->requeued_at,
		      "attempts", (int)r->attempts, "code", r->code,
		      "seconds", list, "stopped", r->stopped);
	/* clang-format on */
	rc = j ? jfile_save(j, dir, RECORD_FILE, 1) : -ENOMEM;
	json_decref(j);
	return rc;
}

void record_fini(struct record *r)
{
	json_decref(r->line);
	memset(r, 0, sizeof(*r));
}

static json_t *line_json(char *const *words, int n)
{
	json_t *line = json_array();
	int i;

	for (i = 0; line && i < n; i++)
		json_array_append_new(line, jfile_text(words[i]));
	return line;
}

int record_begin(struct record *r, char *const *words, int n, uint64_t base)
{
	json_t *line = line_json(words, n);

	record_fini(r);
	r->line = line;
	r->state = RECORD_RUNNING;
	r->base = base;
	return line ? 0 : -ENOMEM;
}

int record_is_line(const struct record *r, char *const *words, int n)
{
	json_t *line = line_json(words, n);
	int same = json_equal(line, r->line);

	json_decref(line);
	return same;
}

char *record_line(const struct record *r)
{
	size_t n = json_array_size(r->line), i;
	const char **words = calloc(n + 1, sizeof(*words));
	char *out;

	if (!words)
		return NULL;
	for (i = 0; i < n; i++) {
		words[i] = json_string_value(json_array_get(r->line, i));
		if (!words[i])
			words[i] = "?";
	}
	out = line_quoted((char *const *)words);
	free(words);
	return out;
}

int record_take(struct record *r, const struct manifest *m)
{
	if (m->generation <= r->generation)
		return 0;
	r->generation = m->generation;
	memcpy(r->id, m->id, sizeof(r->id));
	r->seconds[r->n_seconds++ % RECORD_COSTS] = m->seconds;
	r->stopped = m->stopped;
	return 1;
}

double record_longest(const struct record *r)
{
	double most = -1;
	unsigned int i;

	for (i = 0; i < r->n_seconds && i < RECORD_COSTS; i++)
		if (r->seconds[i] > most)
			most = r->seconds[i];
	return most;
}

int record_requeue(struct record *r, double ran)
{
	if (r->requeued_at &&
	    (r->generation <= r->requeued_at || ran < RAN_LEAST))
		return -EDEADLK;
	r->requeued_at = r->generation;
	return 0;
}
