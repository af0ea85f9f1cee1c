/* SPDX-License-Identifier: MIT */
/* test_manifest.c - complete generations are found, others explained, and only
 * what is trusted is taken */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "../../launch/pick.h"

static char dir[64], err[1024];

static void put(const char *name, const char *text)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

#define IMAGE(rank, file)                                                      \
	"{\"rank\":" #rank ",\"file\":\"" file "\","                           \
	"\"bytes\":5,\"host\":\"a\",\"digest\":\"00000000000000ff\"}"
#define MANIFEST(generation, images)                                           \
	"{\"format\":1,\"job\":\"j1\","                                        \
	"\"generation\":" #generation ",\"ranks\":2,\"time\":\"now\","         \
	"\"program\":\"./app\",\"mpi\":\"openmpi\",\"images\":[" images "]}"
#define GOOD(generation)                                                       \
	MANIFEST(generation,                                                   \
		 IMAGE(1, "rank-1.mana") "," IMAGE(0, "rank-0.mana"))

static void run(const char *fmt)
{
	char cmd[512];

	snprintf(cmd, sizeof(cmd), "cd %s && %s", dir, fmt);
	assert_int_equal(system(cmd), 0);
}

static void expect(uint64_t generation, int rc, const char *sentence)
{
	struct pick p;

	err[0] = 0;
	assert_int_equal(pick_generation(dir, generation, PICK_ALL, &p, err,
					 sizeof(err)),
			 rc);
	if (!strstr(err, sentence) || strchr(err, '\n'))
		fail_msg("\"%s\" is not in \"%s\"", sentence, err);
	print_message("%s\n", err);
}

static struct pick *load(uint64_t generation)
{
	static struct pick p;
	int rc = pick_generation(dir, generation, PICK_ALL, &p, err,
				 sizeof(err));

	if (rc)
		print_error("%s\n", err);
	assert_int_equal(rc, 0);
	return &p;
}

static void test_found(void **state)
{
	struct pick *p;

	(void)state;
	run("for g in 9 10; do mkdir $g && for r in 0 1; do "
	    "printf 12345 >$g/rank-$r.mana; done; done; mkdir other");
	put("9/manifest.json", GOOD(9));
	put("10/manifest.json", GOOD(10));
	p = load(0);
	assert_int_equal(p->m.generation, 10);
	assert_int_equal(p->m.size, 2);
	assert_string_equal(p->m.program, "./app");
	assert_string_equal(p->m.mpi, "openmpi");
	assert_string_equal(p->m.job, "j1");
	assert_int_equal(p->m.images[1].digest, 255);
	assert_int_equal(p->m.images[1].bytes, 5);
	assert_string_equal(p->m.images[1].file, "rank-1.mana");
	assert_null(p->note);
	pick_free(p);
	p = load(9);
	assert_int_equal(p->m.generation, 9);
	pick_free(p);
	expect(3, -ENOENT, "no generation 3");
}

#define PHASE(name, a, b) "\"" name "\":{\"began\":1,\"took\":[" #a "," #b "]}"
#define PHASES_OF(drain, sync)                                                 \
	",\"phases\":{" PHASE("clock", 2, 3) "," PHASE(                        \
		"targets", 0,                                                  \
		0) "," PHASE("stop", 4, 5) "," drain                           \
					   "," PHASE("write", 70,              \
						     9) "," PHASE("sync", 60,  \
								  sync) "}}"

/* The manifest of generation 9 with something more in it. */
static const struct manifest *with(const char *more)
{
	static struct pick p = { .gen = -1 };
	char text[2048] = GOOD(9);

	strcpy(strrchr(text, '}'), more);
	put("9/manifest.json", text);
	pick_free(&p);
	assert_int_equal(
		pick_generation(dir, 9, PICK_ALL, &p, err, sizeof(err)), 0);
	return &p.m;
}

/* Phases that make no sense are not there; the generation is. */
static void test_phases(void **state)
{
	const struct manifest *m;

	(void)state;
	m = with(PHASES_OF(PHASE("drain", 6, 7), 8));
	assert_true(m->phases);
	assert_int_equal(m->images[1].took[PHASE_STOP], 5);
	assert_int_equal(m->began[PHASE_WRITE], 1);
	assert_int_equal(manifest_phase_began(m, 0, PHASE_SYNC), 1 + 70 - 60);
	assert_false(with("}")->phases);
	assert_false(with(",\"phases\":7}")->phases);
	assert_false(with(PHASES_OF(PHASE("drain", 6, 7), 10))->phases);
	assert_false(with(PHASES_OF(PHASE("drain", 6, -7), 8))->phases);
	assert_false(with(PHASES_OF(PHASE("drain", 6, 7e3), 8))->phases);
	assert_false(with(PHASES_OF("\"drain\":{\"began\":1,\"took\":[6]}", 8))
			     ->phases);
	put("9/manifest.json", GOOD(9));
}

static void test_falls_back(void **state)
{
	struct pick *p;

	(void)state;
	run("rm 10/manifest.json");
	p = load(0);
	assert_int_equal(p->m.generation, 9);
	assert_non_null(strstr(p->note, "generation 10 is not complete"));
	print_message("%s\n", p->note);
	pick_free(p);
	expect(10, -ENOENT, "generation 10 is not complete");
}

static void test_images(void **state)
{
	(void)state;
	put("10/manifest.json", GOOD(10));
	run("printf 123 >10/rank-1.mana");
	expect(10, -ENODATA, "rank 1 has the wrong size (3 of 5 bytes)");
	run("rm 10/rank-1.mana");
	expect(10, -ENOENT, "rank-1.mana: image of rank 1");
	run("mkdir 10/rank-1.mana");
	expect(10, -EINVAL, "is not a file");
	run("rmdir 10/rank-1.mana; printf 12345 >10/rank-1.mana");
	pick_free(load(10));
}

static void test_nonsense(void **state)
{
	static const char *const bad[] = {
		MANIFEST(11, IMAGE(0, "rank-0.mana") "," IMAGE(1, "r1")),
		MANIFEST(10, IMAGE(0, "rank-0.mana")),
		MANIFEST(10, IMAGE(0, "rank-0.mana") "," IMAGE(0, "r1")),
		MANIFEST(10, IMAGE(0, "rank-0.mana") "," IMAGE(2, "r1")),
		MANIFEST(10, IMAGE(0, "rank-0.mana") "," IMAGE(-1, "r1")),
		MANIFEST(10, IMAGE(0, "rank-0.mana") "," IMAGE(1, "../r1")),
		MANIFEST(10, IMAGE(0, "rank-0.mana") "," IMAGE(1, "r\\n1")),
		MANIFEST(10, IMAGE(0, "rank-0.mana") "," IMAGE(1, "")),
		MANIFEST(10, IMAGE(0, "rank-0.mana") ",7"),
		"{\"format\":1,\"generation\":10,\"ranks\":0,\"images\":[]}",
		"{\"format\":1,\"generation\":10,\"ranks\":4294967297}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		put("10/manifest.json", bad[i]);
		expect(10, -EINVAL, "does not make sense");
	}
	put("10/manifest.json", "{\"format\":3}");
	expect(10, -ENOTSUP, "format 3, this program reads 1 and 2");
	put("10/manifest.json", "");
	expect(10, -EINVAL, "not readable as JSON");
	put("10/manifest.json", "[1,2");
	expect(10, -EINVAL, "not readable as JSON");
	put("10/manifest.json", "{\"a\": \"b\n\033[2Jc\"}");
	expect(10, -EINVAL, "not readable as JSON");
	assert_null(strchr(err, 033));
	put("10/manifest.json", "[]");
	expect(10, -ENOTSUP, "format");
}

static void test_cut_at_every_length(void **state)
{
	const char *good = GOOD(10);
	char *cut = strdup(good);

	(void)state;
	for (size_t n = strlen(good) - 1; n; n--) {
		struct pick p;

		cut[n] = 0;
		put("10/manifest.json", cut);
		assert_int_not_equal(pick_generation(dir, 10, PICK_ALL, &p, err,
						     sizeof(err)),
				     0);
	}
	free(cut);
}

static void test_nothing_there(void **state)
{
	(void)state;
	run("rm -r 9/manifest.json 10/manifest.json");
	expect(0, -ENOENT, "generation 10 is not complete");
	run("rm -r 9 10");
	expect(0, -ENOENT, "no checkpoint in it");
	run("rmdir other");
	rmdir(dir);
	expect(0, -ENOENT, "no checkpoint directory");
}

static int setup(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/test_manifest_XXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found),
		cmocka_unit_test(test_phases),
		cmocka_unit_test(test_falls_back),
		cmocka_unit_test(test_images),
		cmocka_unit_test(test_nonsense),
		cmocka_unit_test(test_cut_at_every_length),
		cmocka_unit_test(test_nothing_there),
	};

	alarm(60);
	return cmocka_run_group_tests(tests, setup, NULL);
}
