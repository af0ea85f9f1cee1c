/* SPDX-License-Identifier: MIT */
/* table.c - the gate's MPI functions, in the order an image knows them */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "../common/back.h"
#include "build/gen/mpi_table.h"
#include "table.h"

static const uint32_t own[] = { MPI_TABLE_IDS };
_Static_assert(sizeof(struct mpi_table) / sizeof(void *) ==
		       sizeof(own) / sizeof(own[0]),
	       "a sum for each function");

static const uint32_t *ids =
	own; /* the order by which the front in this process calls */
static size_t n_ids = sizeof(own) / sizeof(own[0]);
static void **functions; /* in this order; NULL: the back's own is */

const struct mpi_table *table_functions(void)
{
	return functions ? (const struct mpi_table *)functions : back_table();
}

const uint32_t *table_ids(size_t *n)
{
	*n = n_ids;
	return ids;
}

static size_t table_find(const uint32_t *in, size_t rows, uint32_t id)
{
	size_t i;

	for (i = 0; i < rows && in[i] != id; i++)
		;
	return i;
}

int table_map(void *const *have, const uint32_t *in, size_t rows,
	      const uint32_t *want, size_t n, void **out)
{
	size_t i, at;

	for (i = 0; i < n; i++) {
		at = i;
		if (i >= rows || in[i] != want[i])
			at = table_find(in, rows, want[i]);
		if (at == rows)
			return -ENOSYS;
		out[i] = have[at];
	}
	return 0;
}

int table_take(const uint32_t *want, size_t n)
{
	void *const *have = (void *const *)back_table();
	uint32_t *copy = malloc(n * sizeof(*copy) + 1);
	void **out = calloc(n + 1, sizeof(*out));
	int rc = copy && out ? 0 : -ENOMEM;

	if (!rc && have)
		rc = table_map(have, own, sizeof(own) / sizeof(own[0]), want, n,
			       out);
	if (rc < 0) {
		free(copy);
		free(out);
		return rc;
	}
	memcpy(copy, want, n * sizeof(*copy));
	if (ids != own)
		free((void *)ids);
	ids = copy;
	n_ids = n;
	free(functions);
	functions = have ? out : NULL;
	if (!have)
		free(out);
	return 0;
}
