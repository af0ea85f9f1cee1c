/* SPDX-License-Identifier: MIT */
/* test_mpi_table.c - an image of another build's order of functions */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "../../common/back.h"
#include "build/gen/mpi_table.h"
#include "../../lower-half/table.h"

static const uint32_t own[] = { MPI_TABLE_IDS };
#define ROWS (sizeof(own) / sizeof(own[0]))

static void *functions[ROWS]; /* the i-th points to the i-th sum */

const struct mpi_table *back_table(void)
{
	return (const struct mpi_table *)functions;
}

static void *const *at(void)
{
	return (void *const *)table_functions();
}

static void own_order(void **state)
{
	const uint32_t *ids;
	size_t n;

	(void)state;
	ids = table_ids(&n);
	assert_int_equal(n, ROWS);
	assert_memory_equal(ids, own, sizeof(own));
	assert_ptr_equal(at(), functions);
	assert_int_equal(table_take(own, ROWS), 0);
	assert_memory_equal(at(), functions, sizeof(functions));
}

/* A build that knew fewer, in another order; what it saved says so again. */
static void other_order(void **state)
{
	uint32_t want[ROWS / 2];
	size_t i, n;
	const uint32_t *ids;

	(void)state;
	for (i = 0; i < ROWS / 2; i++)
		want[i] = own[ROWS - 1 - 2 * i];
	assert_int_equal(table_take(want, ROWS / 2), 0);
	for (i = 0; i < ROWS / 2; i++)
		assert_ptr_equal(at()[i], &own[ROWS - 1 - 2 * i]);
	ids = table_ids(&n);
	assert_int_equal(n, ROWS / 2);
	for (i = 0; i < n; i++)
		assert_int_equal(ids[i], own[ROWS - 1 - 2 * i]);
}

/* A build that knew more is refused, and nothing has changed. */
static void missing(void **state)
{
	uint32_t want[ROWS + 1];
	void *const *before = at();
	size_t i, n, had;

	(void)state;
	table_ids(&had);
	for (i = 0; i < ROWS; i++)
		want[i] = own[i];
	want[ROWS] = own[0];
	while (table_map(functions, own, ROWS, &want[ROWS], 1,
			 (void *[1]){ 0 }) == 0)
		want[ROWS]++;
	assert_int_equal(table_take(want, ROWS + 1), -ENOSYS);
	assert_ptr_equal(at(), before);
	table_ids(&n);
	assert_int_equal(n, had);
	assert_int_equal(table_take(want, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(own_order),
		cmocka_unit_test(other_order),
		cmocka_unit_test(missing),
	};
	size_t i;

	for (i = 0; i < ROWS; i++)
		functions[i] = (void *)&own[i];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
