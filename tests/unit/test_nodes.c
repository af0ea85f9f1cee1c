/* SPDX-License-Identifier: MIT */
/* test_nodes.c - what mana_run makes of a job that has lost nodes */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../../run/batch.h"
#include "../../run/line.h"

#define TOLD "JobId=7 NumNodes=%s NumCPUs=9 ReqNodeList=(null) NodeList=%s%s"

static int take(struct nodes *n, const char *count, const char *list,
		const char *rest)
{
	char text[2 * NODES_LIST];

	snprintf(text, sizeof(text), TOLD, count, list, rest);
	return nodes_take(n, text);
}

static void told(void **state)
{
	static const char two[] = " Nodes=a[1-2] CPU_IDs=0-3,8 Mem=0 GRES= "
				  "Nodes=a4 CPU_IDs=1,3-4 Mem=0 GRES=";
	char list[NODES_LIST + 8];
	struct nodes n;

	(void)state;
	assert_int_equal(take(&n, "3", "a[1-2,4]", two), 0);
	assert_int_equal(n.count, 3);
	assert_int_equal(n.cpus, 3);
	assert_string_equal(n.list, "a[1-2,4]");
	assert_int_equal(take(&n, "0", "(null)", two), -EPROTO);
	assert_int_equal(take(&n, "3", "", two), -EPROTO);
	assert_int_equal(take(&n, "3", "a[1-2,4]", ""), -EPROTO);
	assert_int_equal(take(&n, "1", "a", " CPU_IDs=x"), -EPROTO);
	assert_int_equal(take(&n, "1", "a", " CPU_IDs=4-1"), -EPROTO);
	assert_int_equal(take(&n, "1", "a", " CPU_IDs=0-9999999"), -EPROTO);
	assert_int_equal(take(&n, "1", "a", " CPU_IDs=0-99999999999999999999"),
			 -EPROTO);
	memset(list, 'a', sizeof(list));
	list[sizeof(list) - 1] = 0;
	assert_int_equal(take(&n, "1", list, " CPU_IDs=0"), -EPROTO);
}

static void room(void **state)
{
	struct nodes n = { .count = 3, .cpus = 8 };
	char text[NODES_SHARE];

	(void)state;
	assert_true(nodes_have_room(&n, 24, 1));
	assert_true(nodes_have_room(&n, 24, 0));
	assert_false(nodes_have_room(&n, 25, 1));
	assert_true(nodes_have_room(&n, 6, 3));
	assert_false(nodes_have_room(&n, 7, 3));
	assert_false(nodes_have_room(&n, 1, 9));
	assert_string_equal(nodes_share(&n, 24, text), "8(x3)");
	assert_string_equal(nodes_share(&n, 10, text), "4(x1),3(x2)");
	assert_string_equal(nodes_share(&n, 2, text), "1(x3)");
}

static void environment(void **state)
{
	struct nodes n = { .count = 1, .cpus = 8, .list = "a1" };
	const struct batch *b;

	(void)state;
	setenv("SLURM_JOB_ID", "77", 1);
	unsetenv("FLUX_JOB_ID");
	unsetenv("SRUN_CPUS_PER_TASK");
	b = batch_here();
	setenv("SLURM_JOB_NUM_NODES", "2", 1);
	setenv("SLURM_JOB_NODELIST", "a[1-2]", 1);
	setenv("SLURM_TASKS_PER_NODE", "2(x2)", 1);
	setenv("SLURM_NTASKS_PER_NODE", "2", 1);
	setenv("SLURM_CPUS_PER_TASK", "2", 1);
	assert_int_equal(batch_nodes_known(b), 2);
	assert_true(batch_nodes_have_room(b, &n, 4));
	assert_false(batch_nodes_have_room(b, &n, 5));
	batch_use_nodes(b, &n, 4);
	assert_int_equal(batch_nodes_known(b), 1);
	assert_string_equal(getenv("SLURM_JOB_NODELIST"), "a1");
	assert_string_equal(getenv("SLURM_NODELIST"), "a1");
	assert_string_equal(getenv("SLURM_NNODES"), "1");
	assert_string_equal(getenv("SLURM_TASKS_PER_NODE"), "4(x1)");
	assert_null(getenv("SLURM_NTASKS_PER_NODE"));
	/* The last one: none can be lost any more, and nobody is asked. */
	assert_int_equal(batch_nodes(b, &n), 1);
	assert_true(batch_nodes_answer(b));
	unsetenv("SLURM_JOB_ID");
	setenv("PBS_JOBID", "7", 1);
	assert_int_equal(batch_nodes(batch_here(), &n), 1);
	assert_true(batch_nodes_answer(batch_here()));
	unsetenv("PBS_JOBID");
}

#define WORDS 16

static void parse(struct line *l, const char *family, char *text, char **words)
{
	char err[512], *save, *w;
	int n = 0;

	for (w = strtok_r(text, " ", &save); w; w = strtok_r(NULL, " ", &save))
		words[n++] = w;
	words[n] = NULL;
	assert_int_equal(line_parse_as(l, family_named(family), words, n, err,
				       sizeof(err)),
			 0);
}

static const struct {
	const char *family, *line;
	int overcommits;
	const char *with; /* -N 1 added */
} lines[] = {
	{ "srun", "srun ./a -O", 0, "srun -N 1 R" },
	{ "srun", "srun -n 2 -O ./a", 1, "srun -n 2 -O -N 1 R" },
	{ "srun", "srun -lOn2 ./a", 1, "srun -lOn2 -N 1 R" },
	{ "srun", "srun -JO ./a", 0, "srun -JO -N 1 R" },
	{ "srun", "srun --overcommit -- ./a", 1,
	  "srun --overcommit -N 1 -- R" },
	{ "orterun", "mpirun -n 2 --oversubscribe ./a", 1,
	  "mpirun -n 2 --oversubscribe -N 1 R" },
	{ "orterun", "mpirun -n 2 ./a : -n 1 ./b", 0,
	  "mpirun -n 2 -N 1 R : -n 1 -N 1 R" },
	{ "mpiexec.hydra", "mpiexec -n 2 ./a", 0, "mpiexec -n 2 -N 1 R" },
};

static void options(void **state)
{
	static char *const more[] = { (char *)"-N", (char *)"1", NULL };
	static char *const put[] = { (char *)"R", NULL };
	char copy[128], *words[WORDS], **v, *q;
	struct line l;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		strcpy(copy, lines[i].line);
		parse(&l, lines[i].family, copy, words);
		assert_int_equal(line_overcommits(&l), lines[i].overcommits);
		v = line_with(&l, more, put, 1);
		q = line_quoted(v);
		assert_string_equal(q, lines[i].with);
		free(q);
		free(v);
		line_fini(&l);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(told),
		cmocka_unit_test(room),
		cmocka_unit_test(environment),
		cmocka_unit_test(options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
