/* SPDX-License-Identifier: MIT */
/* rows.c - which ranks a timeline shows */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "phases.h"
#include "rows.h"

#define SLOWEST	 50
#define LABELLED 40 /* of more rows not each has room for its name */

static const struct {
	const char *label;
	uint32_t of_1000;
} quantiles[] = {
	{ "fastest", 0 }, { "25 %", 250 }, { "median", 500 },	{ "75 %", 750 },
	{ "90 %", 900 },  { "99 %", 990 }, { "slowest", 1000 },
};
#define QUANTILES (sizeof(quantiles) / sizeof(quantiles[0]))

static void rank_row(struct row *r, const struct manifest *m, uint32_t rank,
		     int labelled)
{
	r->rank = (int)rank;
	r->labelled = labelled;
	snprintf(r->label, sizeof(r->label), "rank %u", rank);
	memcpy(r->took, m->images[rank].took, sizeof(r->took));
}

static int all_ranks(struct rows *r, const struct manifest *m)
{
	uint32_t i, each = m->size > LABELLED ? 10 : 1;

	r->at = calloc(m->size, sizeof(*r->at));
	if (!r->at)
		return -ENOMEM;
	for (i = 0; i < m->size; i++)
		rank_row(&r->at[r->n++], m, i, i % each == 0);
	return 0;
}

/* Of each phase by itself: a quantile is no rank. */
static int add_quantiles(struct rows *r, const struct manifest *m)
{
	uint32_t *took;
	size_t i;
	int p;

	for (i = 0; i < QUANTILES; i++) {
		r->at[i].rank = -1;
		r->at[i].labelled = 1;
		snprintf(r->at[i].label, sizeof(r->at[i].label), "%s",
			 quantiles[i].label);
	}
	for (p = 0; p < PHASES; p++) {
		took = phases_sorted(m, p);
		if (!took)
			return -ENOMEM;
		for (i = 0; i < QUANTILES; i++)
			r->at[i].took[p] = phases_quantile(
				took, m->size, quantiles[i].of_1000);
		free(took);
	}
	r->n = QUANTILES;
	return 0;
}

static int some_ranks(struct rows *r, const struct manifest *m)
{
	uint32_t *order = phases_slowest(m), i;
	int rc = -ENOMEM;

	r->at = calloc(QUANTILES + SLOWEST, sizeof(*r->at));
	if (order && r->at)
		rc = add_quantiles(r, m);
	for (i = 0; !rc && i < SLOWEST && i < m->size; i++)
		rank_row(&r->at[r->n++], m, order[i], 1);
	free(order);
	if (rc)
		rows_free(r);
	return rc;
}

int rows_make(struct rows *r, const struct manifest *m, uint32_t most)
{
	memset(r, 0, sizeof(*r));
	return m->size <= most ? all_ranks(r, m) : some_ranks(r, m);
}

void rows_free(struct rows *r)
{
	free(r->at);
	memset(r, 0, sizeof(*r));
}
