/* SPDX-License-Identifier: MIT */
/* test_watch.c - the table of mana_status --watch, without a terminal */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../../watch/layout.h"

#define RANKS 10000

/* What a coordinator says of that many ranks; every so many is in a bad way. */
static char *answer(uint32_t ranks, const char *round)
{
	char *out = NULL;
	size_t len;
	FILE *f = open_memstream(&out, &len);
	uint32_t i;

	fprintf(f,
		"{\"ckptdir\":\"/scratch/me\",\"interval\":3600,"
		"\"next_in\":61.2,\"failed\":null,\"last\":{\"generation\":12,"
		"\"bytes\":5000000000,\"seconds\":3.25,\"age\":120},"
		"\"checkpoint\":%s,\"job\":{\"key\":\"7.0\","
		"\"program\":\"/home/me/a\\u00e4b\",\"mpi\":\"MPICH 4.0.2\","
		"\"size\":%u,\"connected\":%u,\"seconds\":3723,\"ranks\":[",
		round, ranks, ranks);
	for (i = 0; i < ranks; i++)
		fprintf(f,
			"%s{\"rank\":%u,\"state\":\"%s\",\"pid\":%u,"
			"\"host\":\"node%u\",\"waited_for\":%s,\"memory\":%llu,"
			"\"image\":7000000,\"phase\":\"%s\"}",
			i ? "," : "", i, i == 4711 ? "gone" : "running",
			1000 + i, (ranks - i) / 128,
			i % 1000 == 7 ? "true" : "false", i * 1000000ULL,
			i % 1000 == 7 ? "inside a collective" : "");
	fprintf(f, "]}}");
	fclose(f);
	return out;
}

static void parsed(struct view *v, uint32_t ranks, const char *round)
{
	char *text = answer(ranks, round);

	assert_int_equal(view_parse(v, text), 0);
	free(text);
}

static void has(const struct layout *l, const struct view *v, int y,
		const char *want)
{
	char line[LAYOUT_WIDTH];

	layout_line(l, v, y, line);
	if (!strstr(line, want))
		fail_msg("line %d: no '%s' in '%s'", y, want, line);
}

static void fits(const struct layout *l, const struct view *v)
{
	char line[LAYOUT_WIDTH];
	int y;

	for (y = 0; y < l->lines; y++) {
		layout_line(l, v, y, line);
		assert_true((int)strlen(line) < l->columns);
		assert_null(strpbrk(line, "\033\n\t\303"));
	}
}

static void test_many(void **state)
{
	struct layout l = { .lines = 24, .columns = 80 };
	struct view v = { 0 };

	(void)state;
	parsed(&v, RANKS, "null");
	view_sort(&v, l.order);
	fits(&l, &v);
	has(&l, &v, 0, "a??b: 10000 of 10000 ranks, 1:02:03, MPI MPICH 4.0.2");
	has(&l, &v, 1, "/scratch/me");
	has(&l, &v, 2, "1:00:00, next checkpoint in 1:01");
	has(&l, &v, 3, "generation 12, 2:00 ago, 5.00 GB, took 3.2 s");
	has(&l, &v, 4, "no checkpoint is on");
	has(&l, &v, 7, "   4711 node");
	has(&l, &v, 7, "gone");
	has(&l, &v, 8, "      7 node");
	has(&l, &v, 8, "inside a collective");
	has(&l, &v, 17, "waited for");
	assert_int_equal(layout_kind(&l, &v, 8), LAYOUT_BAD);
	assert_int_equal(layout_kind(&l, &v, 22), LAYOUT_PLAIN);
	has(&l, &v, 23, "1-16 of 10000 worst first");
	view_fini(&v);
}

static void test_orders(void **state)
{
	struct layout l = { .lines = 24, .columns = 80 };
	struct view v = { 0 };
	uint32_t i;

	(void)state;
	parsed(&v, RANKS, "null");
	view_sort(&v, ORDER_MEMORY);
	has(&l, &v, 7, "   9999 ");
	view_sort(&v, ORDER_HOST);
	for (i = 1; i < v.n; i++)
		assert_true(strcmp(v.ranks[i - 1].host, v.ranks[i].host) <= 0);
	view_sort(&v, ORDER_RANK);
	for (i = 0; i < v.n; i++)
		assert_int_equal(v.ranks[i].rank, i);
	view_fini(&v);
}

static void test_moves(void **state)
{
	struct layout l = { .lines = 24, .columns = 80, .order = ORDER_RANK };
	struct view v = { 0 };

	(void)state;
	parsed(&v, RANKS, "null");
	layout_move(&l, &v, -1);
	assert_int_equal(l.top, 0);
	layout_move(&l, &v, layout_rows(&l));
	has(&l, &v, 7, "     16 ");
	layout_move(&l, &v, RANKS);
	has(&l, &v, 22, "   9999 ");
	has(&l, &v, 23, "9985-10000 of 10000");
	l.lines = 40; /* the terminal has grown */
	layout_move(&l, &v, 0);
	has(&l, &v, 38, "   9999 ");
	parsed(&v, 3, "null"); /* another job */
	layout_move(&l, &v, 0);
	assert_int_equal(l.top, 0);
	has(&l, &v, 9, "      2 ");
	view_fini(&v);
}

static void test_sizes(void **state)
{
	struct layout l;
	struct view v = { 0 };
	int y;

	(void)state;
	parsed(&v, 30,
	       "{\"generation\":13,\"stage\":\"write\",\"stage_seconds\":2,"
	       "\"ranks_done\":10,\"done\":1500000000,\"total\":6000000000}");
	l = (struct layout){ .lines = 24, .columns = 80 };
	has(&l, &v, 4, "checkpoint 13: write: 10 of 30 ranks, 1.50 GB of 6.00");
	has(&l, &v, 4, "0.75 GB/s, 6 s left");
	has(&l, &v, 5, "[##");
	has(&l, &v, 5, "..]  25%");
	for (l.lines = 1; l.lines < 60; l.lines++)
		for (l.columns = 1; l.columns < 400; l.columns += 7)
			fits(&l, &v);
	l = (struct layout){ .lines = 2, .columns = 10 };
	assert_int_equal(layout_rows(&l), 1);
	l = (struct layout){ .lines = 24, .columns = 80, .message = "hello" };
	has(&l, &v, 23, "hello");
	for (y = 0; y < 24; y++)
		layout_kind(&l, &v, y);
	view_fini(&v);
}

/* It is believed of nobody that it is well formed. */
static void test_nonsense(void **state)
{
	static const char *const texts[] = { "", "[]", "{", "7", "\"x\"" };
	struct layout l = { .lines = 24, .columns = 80 };
	struct view v = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		assert_int_equal(view_parse(&v, texts[i]), -EINVAL);
	assert_int_equal(view_parse(&v, "{}"), 0);
	fits(&l, &v);
	has(&l, &v, 0, "no job is running");
	assert_int_equal(view_parse(&v, "{\"job\":{\"size\":5,\"ranks\":[3,{},"
					"{\"state\":\"odd\",\"pid\":-1,"
					"\"host\":\"\\u001b[1m\"}]},"
					"\"next_in\":1e300,\"last\":[]}"),
			 0);
	view_sort(&v, ORDER_WORST);
	fits(&l, &v);
	has(&l, &v, 7, "gone");
	view_fini(&v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_many),	 cmocka_unit_test(test_orders),
		cmocka_unit_test(test_moves),	 cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_nonsense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
