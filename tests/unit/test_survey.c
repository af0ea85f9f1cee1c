/* SPDX-License-Identifier: MIT */
/* test_survey.c - what a checkpoint directory holds, and less of it */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "../../common/generation.h"
#include "../../common/image_name.h"
#include "../../common/manifest.h"
#include "../../common/survey.h"
#include "scratch.h"

static struct survey s;

/* A generation of the job, with an image of 100 bytes a rank. */
static void make(uint64_t number, const char *job, uint32_t ranks, int commit)
{
	struct job_mark mark = { .program = "./app" };
	struct manifest m = { .generation = number, .size = ranks };
	struct reason why;
	char err[256];
	int gen, fd;
	uint32_t i;

	snprintf(mark.id, sizeof(mark.id), "%s", job);
	snprintf(m.id, sizeof(m.id), "%s", job);
	strcpy(m.program, "./app");
	strcpy(m.time, "2026-11-22T17:54:10Z");
	gen = generation_make(at, top, number, &mark, ranks, err, sizeof(err));
	assert_true(gen >= 0);
	m.images = calloc(ranks, sizeof(*m.images));
	for (i = 0; i < ranks; i++) {
		image_name(m.images[i].file, i, ranks);
		m.images[i].bytes = 100;
		fd = openat(gen, m.images[i].file, O_CREAT | O_WRONLY, 0600);
		assert_true(fd >= 0 && !ftruncate(fd, 100));
		close(fd);
	}
	if (commit)
		assert_int_equal(manifest_write(gen, top, &m, &why), 0);
	manifest_fini(&m);
	close(gen);
}

/* The numbers of a list, as "3 2 ". */
static const char *numbers(const json_t *o, const char *list)
{
	static char text[256];
	const json_t *a = json_object_get(o, list), *n;
	size_t i, len = 0;

	text[0] = 0;
	json_array_foreach(a, i, n)
	{
		if (json_is_object(n))
			n = json_object_get(n, "generation");
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%d ",
					(int)json_integer_value(n));
	}
	return text;
}

static void expect_prune(struct survey_prune how, const char *removed,
			 const char *kept, const char *left, const char *failed)
{
	json_t *o = survey_prune(&s, at, &how);

	assert_string_equal(numbers(o, "removed"), removed);
	assert_string_equal(numbers(o, "kept"), kept);
	assert_string_equal(numbers(o, "left"), left);
	assert_string_equal(numbers(o, "failed"), failed);
	json_decref(o);
	survey_fini(&s);
	assert_int_equal(survey_read(&s, at, top), 0);
}

static void test_states(void **state)
{
	(void)state;
	make(1, "A", 2, 1);
	make(2, "A", 3, 0);
	make(10, "B", 1, 1);
	make(11, "B", 2, 1);
	run("rm 11/rank-1.mana; chmod 777 1/manifest.json; ln -s 10 latest");
	run("mkdir new 012; touch 7");
	assert_int_equal(survey_read(&s, at, top), 0);
	assert_int_equal(s.n, 5);
	assert_int_equal(s.latest, 10);
	assert_int_equal(s.v[0].number, 11);
	assert_int_equal(s.v[0].state, SURVEY_UNUSABLE);
	assert_non_null(strstr(s.v[0].why, "image of rank 1"));
	assert_int_equal(s.v[1].number, 10);
	assert_int_equal(s.v[1].state, SURVEY_COMPLETE);
	assert_int_equal(s.v[1].bytes, 100);
	assert_int_equal(s.v[1].time, 1795370050);
	assert_string_equal(s.v[1].id, "B");
	assert_int_equal(s.v[2].number, 7);
	assert_int_equal(s.v[2].state, SURVEY_UNUSABLE);
	assert_int_equal(s.v[3].state, SURVEY_INCOMPLETE);
	assert_int_equal(s.v[3].ranks, 3);
	assert_int_equal(s.v[3].bytes, 300);
	assert_string_equal(s.v[3].id, "A");
	assert_int_equal(s.v[4].state, SURVEY_UNUSABLE); /* others may write */
}

static void test_prune(void **state)
{
	uint64_t i;

	(void)state;
	for (i = 1; i < 9; i++)
		make(i, "A", 1, i != 4 && i != 8);
	assert_int_equal(survey_read(&s, at, top), 0);
	expect_prune((struct survey_prune){ .keep = 3, .busy = 8 }, "4 3 2 1 ",
		     "8 7 6 5 ", "", "");
	assert_int_equal(s.n, 4);
	run("chmod 777 6/manifest.json");
	survey_fini(&s);
	assert_int_equal(survey_read(&s, at, top), 0);
	expect_prune((struct survey_prune){ .keep = 0 }, "8 5 ", "7 ", "6 ",
		     "");
}

/* The newest one of the job that goes on from it. */
static void test_jobs(void **state)
{
	struct job_mark last = { .id = "A" };

	(void)state;
	make(1, "A", 1, 1);
	make(2, "A", 1, 1);
	make(3, "B", 1, 1);
	make(4, "B", 1, 1);
	make(5, "C", 1, 1);
	assert_int_equal(job_mark_write(at, &last, 0), 0);
	assert_int_equal(survey_read(&s, at, top), 0);
	expect_prune((struct survey_prune){ .keep = 1, .id = "B" }, "3 2 1 ",
		     "5 4 ", "", "");
	make(2, "A", 1, 1);
	make(1, "A", 1, 1);
	survey_fini(&s);
	assert_int_equal(survey_read(&s, at, top), 0);
	expect_prune((struct survey_prune){ .keep = 1 }, "4 1 ", "5 2 ", "",
		     "");
}

/* What is somebody's own stays, and it is said. */
static void test_not_ours(void **state)
{
	(void)state;
	make(1, "A", 1, 1);
	make(2, "A", 1, 1);
	run("touch 1/notes");
	assert_int_equal(survey_read(&s, at, top), 0);
	expect_prune((struct survey_prune){ .keep = 1 }, "", "2 ", "", "1 ");
	run("test -f 1/notes && test ! -e 1/rank-0.mana");
}

static int teardown(void **state)
{
	char cmd[128];

	(void)state;
	survey_fini(&s);
	close(at);
	snprintf(cmd, sizeof(cmd), "rm -r %s", top);
	return system(cmd);
}

#define T(f) cmocka_unit_test_setup_teardown(f, scratch_make, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_states),
		T(test_prune),
		T(test_jobs),
		T(test_not_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
