/* SPDX-License-Identifier: MIT */
/* phases.c - what the ranks of a generation took for each phase, summed up */
#define _GNU_SOURCE 1
#include <errno.h>
#include <stdlib.h>
#include "phases.h"

static int ascending(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

uint32_t *phases_sorted(const struct manifest *m, enum manifest_phase phase)
{
	uint32_t *v = malloc(m->size * sizeof(*v));
	uint32_t i;

	if (!v)
		return NULL;
	for (i = 0; i < m->size; i++)
		v[i] = m->images[i].took[phase];
	qsort(v, m->size, sizeof(*v), ascending);
	return v;
}

uint32_t phases_quantile(const uint32_t *took, uint32_t n, uint32_t of_1000)
{
	return took[(uint64_t)(n - 1) * of_1000 / 1000];
}

int phases_stat(const struct manifest *m, enum manifest_phase phase,
		struct phase_stat *s)
{
	uint32_t *v = phases_sorted(m, phase);

	if (!v)
		return -ENOMEM;
	s->min = v[0];
	s->median = phases_quantile(v, m->size, 500);
	s->q90 = phases_quantile(v, m->size, 900);
	s->q99 = phases_quantile(v, m->size, 990);
	s->max = v[m->size - 1];
	s->slowest = 0;
	while (m->images[s->slowest].took[phase] != s->max)
		s->slowest++;
	free(v);
	return 0;
}

uint64_t phases_busy(const struct manifest *m, uint32_t rank)
{
	uint64_t sum = 0;
	int p;

	for (p = 0; p <= PHASE_WRITE; p++) /* which has the rest in it */
		sum += m->images[rank].took[p];
	return sum;
}

static int busier(const void *a, const void *b, void *arg)
{
	const struct manifest *m = arg;
	uint32_t i = *(const uint32_t *)a, k = *(const uint32_t *)b;
	uint64_t x = phases_busy(m, i), y = phases_busy(m, k);

	if (x != y)
		return x > y ? -1 : 1;
	return i < k ? -1 : i > k;
}

uint32_t *phases_slowest(const struct manifest *m)
{
	uint32_t *v = malloc(m->size * sizeof(*v));
	uint32_t i;

	if (!v)
		return NULL;
	for (i = 0; i < m->size; i++)
		v[i] = i;
	qsort_r(v, m->size, sizeof(*v), busier, (void *)m);
	return v;
}

json_t *phases_json(const struct manifest *m)
{
	json_t *out = json_array();
	struct phase_stat s;
	int p;

	for (p = 0; p < PHASES; p++) {
		if (phases_stat(m, p, &s))
			break;
		json_array_append_new(
			out,
			json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I}", "name",
				  manifest_phase_name(p), "min",
				  (json_int_t)s.min, "median",
				  (json_int_t)s.median, "p90",
				  (json_int_t)s.q90, "p99", (json_int_t)s.q99,
				  "max", (json_int_t)s.max, "slowest",
				  (json_int_t)s.slowest));
	}
	return out;
}
