/* SPDX-License-Identifier: MIT */
/* manifest_phase.c - what a manifest says of the phases of each rank
 *
 *     "phases": {"clock": {"began": 0, "took": [3, 4, ...]}, ...,
 *                "sync": {"took": [1, 1, ...]}}
 *
 * Columns of whole milliseconds, by rank: at 10,000 ranks a name for each value
 * would be most of the file. A manifest without them, or with something else in
 * their place, restarts all the same: nothing depends on them.
 */
#include <errno.h>
#include "manifest_phase.h"

static const char *const names[PHASES] = { "clock", "targets", "stop",
					   "drain", "write",   "sync" };

const char *manifest_phase_name(enum manifest_phase phase)
{
	return names[phase];
}

uint32_t manifest_phase_began(const struct manifest *m, uint32_t rank,
			      enum manifest_phase phase)
{
	const uint32_t *took = m->images[rank].took;

	if (phase != PHASE_SYNC)
		return m->began[phase];
	return m->began[PHASE_WRITE] + took[PHASE_WRITE] - took[PHASE_SYNC];
}

static json_t *column(const struct manifest *m, enum manifest_phase phase)
{
	json_t *took = json_array(), *o;
	uint32_t i;

	for (i = 0; i < m->size; i++)
		json_array_append_new(took,
				      json_integer(m->images[i].took[phase]));
	o = json_pack("{s:o}", "took", took);
	if (o && phase != PHASE_SYNC)
		json_object_set_new(o, "began", json_integer(m->began[phase]));
	return o;
}

json_t *manifest_phase_json(const struct manifest *m)
{
	json_t *o = json_object();
	int p;

	for (p = 0; p < PHASES; p++)
		json_object_set_new(o, names[p], column(m, p));
	return o;
}

/* A number of milliseconds that is one: 0, else -EINVAL. */
static int milliseconds(const json_t *v, uint32_t *out)
{
	json_int_t n = json_integer_value(v);

	if (!json_is_integer(v) || n < 0 || n > INT32_MAX)
		return -EINVAL;
	*out = (uint32_t)n;
	return 0;
}

static int read_column(struct manifest *m, const json_t *o, int phase)
{
	const json_t *took = json_object_get(o, "took");
	int rc = 0;
	uint32_t i;

	if (json_array_size(took) != m->size)
		return -EINVAL;
	if (phase != PHASE_SYNC)
		rc = milliseconds(json_object_get(o, "began"),
				  &m->began[phase]);
	for (i = 0; !rc && i < m->size; i++)
		rc = milliseconds(json_array_get(took, i),
				  &m->images[i].took[phase]);
	return rc;
}

/* No more of a write was spent on the disk than there was. */
static int syncs_fit(const struct manifest *m)
{
	uint32_t i;

	for (i = 0; i < m->size; i++)
		if (m->images[i].took[PHASE_SYNC] >
		    m->images[i].took[PHASE_WRITE])
			return 0;
	return 1;
}

void manifest_phase_read(struct manifest *m, const json_t *o)
{
	int p, rc = 0;

	for (p = 0; !rc && p < PHASES; p++)
		rc = read_column(m, json_object_get(o, names[p]), p);
	m->phases = !rc && syncs_fit(m);
}
