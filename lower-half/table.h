/* SPDX-License-Identifier: MIT */
/* table.h - the gate's MPI functions, in the order an image knows them
 *
 * A front calls by place, and images hold the front they were made with. So an
 * image says what is at each place: a sum of the function's name and types. A
 * lower half of another build gives it a table of that order, if it has all of
 * them; what later builds have besides does not matter.
 */
#ifndef MANA_TABLE_H
#define MANA_TABLE_H

#include <stddef.h>
#include <stdint.h>

#define TABLE_SECTION "table" /* what table_ids says */

struct mpi_table;

/* For the gate; NULL: no MPI in this lower half. */
const struct mpi_table *table_functions(void);
/* The sums of what is at each place. */
const uint32_t *table_ids(size_t *n);
/* Take the order that an image has. 0 or -errno: -ENOSYS when a function is
 * missing. */
int table_take(const uint32_t *ids, size_t n);
/* Fills out[i] with the row of have whose sum is want[i]; the sums of the rows
 * of have are in ids. 0, or -ENOSYS. */
int table_map(void *const *have, const uint32_t *ids, size_t rows,
	      const uint32_t *want, size_t n, void **out);

#endif
