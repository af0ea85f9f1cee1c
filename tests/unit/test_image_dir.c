/* SPDX-License-Identifier: MIT */
/* test_image_dir.c - generations whose images have subdirectories: their names,
 * how they are made, checked, listed and removed, and what is not ours */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>
#include "../../common/generation.h"
#include "../../common/image_dir.h"
#include "../../common/manifest.h"
#include "../../common/survey.h"
#include "../../coordinator/round.h"
#include "../../launch/pick.h"
#include "scratch.h"

#define RANKS 2500
#define OTHER 54321 /* a user */

static void test_names(void **state)
{
	static const struct {
		uint32_t rank, size;
		const char *name;
	} names[] = {
		{ 0, 1, "rank-0.mana" },
		{ 999, 1000, "rank-999.mana" },
		{ 0, 1001, "ranks-0000/rank-0.mana" },
		{ 999, 1001, "ranks-0000/rank-999.mana" },
		{ 1000, 1001, "ranks-0001/rank-1000.mana" },
		{ 1048575, 1048576, "ranks-1048/rank-1048575.mana" },
		{ 12345678, 20000000, "ranks-12345/rank-12345678.mana" },
	};
	char name[WIRE_NAME];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		assert_string_equal(
			image_name(name, names[i].rank, names[i].size),
			names[i].name);
	assert_string_equal(image_name_flat(name, 1000), "rank-1000.mana");
	assert_int_equal(image_dirs(1), 0);
	assert_int_equal(image_dirs(1000), 0);
	assert_int_equal(image_dirs(1001), 2);
	assert_int_equal(image_dirs(2000), 2);
	assert_int_equal(image_dirs(2001), 3);
	assert_int_equal(image_dirs(1048576), 1049);
}

static void test_not_names(void **state)
{
	static const char *const not_image[] = { "rank-.mana",
						 "rank-1.mana.tmp.tmp",
						 "rank-1.manax",
						 "rank--1.mana",
						 "rank- 1.mana",
						 "rank-1",
						 "ranks-0001",
						 "mine",
						 "",
						 "xrank-1.mana",
						 "rank-0x1.mana",
						 "rank-1.mana.tmp2",
						 "rank-1/../x.mana" };
	static const char *const not_dir[] = { "ranks-1",     "ranks-00001",
					       "ranks-000a",  "ranks-",
					       "ranks--001",  "ranks-0001/",
					       "ranks-0001x", "rank-0001",
					       "ranks-01234" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(not_image) / sizeof(*not_image); i++)
		if (image_rank_of(not_image[i]) != -1)
			fail_msg("%s", not_image[i]);
	for (i = 0; i < sizeof(not_dir) / sizeof(*not_dir); i++)
		if (image_dir_of(not_dir[i]) != -1)
			fail_msg("%s", not_dir[i]);
	assert_int_equal(image_rank_of("rank-17.mana"), 17);
	assert_int_equal(image_rank_of("rank-17.mana.tmp"), 17);
	assert_int_equal(image_dir_of("ranks-0017"), 17);
	assert_int_equal(image_dir_of("ranks-12345"), 12345);
}

static int made(uint64_t n, uint32_t ranks)
{
	struct job_mark m = { .id = "job", .program = "p" };
	char err[WIRE_TEXT];
	int gen = generation_make(at, top, n, &m, ranks, err, sizeof(err));

	if (gen < 0)
		fail_msg("%s", err);
	return gen;
}

/* As image_name says, or all in one directory, as it once was. */
static void name_image(struct manifest_image *k, uint32_t rank, int flat)
{
	if (flat)
		image_name_flat(k->file, rank);
	else
		image_name(k->file, rank, RANKS);
}

/* An image of 7 bytes for each rank, and the manifest when commit is set. */
static void fill(uint64_t n, int flat, int commit)
{
	struct manifest m = { .generation = n, .size = RANKS, .id = "job" };
	int gen = made(n, flat ? 1 : RANKS), fd;
	struct reason why;
	uint32_t i;

	m.images = calloc(RANKS, sizeof(*m.images));
	for (i = 0; i < RANKS; i++) {
		name_image(&m.images[i], i, flat);
		m.images[i].bytes = 7;
		fd = openat(gen, m.images[i].file, O_CREAT | O_WRONLY, 0600);
		assert_true(fd >= 0 && !ftruncate(fd, 7));
		close(fd);
	}
	if (commit)
		assert_int_equal(manifest_write(gen, top, &m, &why), 0);
	manifest_fini(&m);
	close(gen);
}

static void test_make(void **state)
{
	struct stat st;

	(void)state;
	close(made(1, 1000));
	close(made(2, RANKS));
	run("test \"$(ls 1)\" = job");
	run("test \"$(ls -d 2/ranks-* | tr '\\n' ' ')\" = "
	    "'2/ranks-0000 2/ranks-0001 2/ranks-0002 '");
	assert_int_equal(fstatat(at, "2/ranks-0002", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(generation_remove(at, 1, "job"), 0);
	assert_int_equal(generation_remove(at, 2, "job"), 0);
	run("test -z \"$(ls)\"");
}

static int picked(uint64_t n, enum pick_images look, char *err, size_t errlen)
{
	struct pick p;
	int rc = pick_generation(top, n, look, &p, err, errlen);

	if (!rc) {
		assert_int_equal(p.m.size, RANKS);
		pick_free(&p);
	}
	return rc;
}

static void expect(uint64_t n, enum pick_images look, int rc,
		   const char *sentence)
{
	char err[1024] = "";

	assert_int_equal(picked(n, look, err, sizeof(err)), rc);
	if (!strstr(err, sentence))
		fail_msg("\"%s\" is not in \"%s\"", sentence, err);
}

/* Who opens one image does not look at the others. */
static void test_pick(void **state)
{
	(void)state;
	fill(4, 0, 1);
	fill(5, 0, 1);
	run("test -e 5/ranks-0001/rank-1000.mana && "
	    "test -e 5/ranks-0002/rank-2499.mana");
	expect(5, PICK_ALL, 0, "");
	run("rm 5/ranks-0002/rank-2000.mana");
	expect(5, PICK_ALL, -ENOENT,
	       "/5/ranks-0002/rank-2000.mana: image of rank 2000");
	expect(0, PICK_ALL, 0, "");
	expect(5, PICK_ONE, 0, "");
	expect(0, PICK_ONE, 0, "");
	expect(3, PICK_ONE, -ENOENT, "no generation 3");
	expect(3, PICK_ALL, -ENOENT, "no generation 3");
	run("printf 12345678 >5/ranks-0000/rank-0.mana");
	expect(5, PICK_ALL, -ENODATA, "wrong size");
	assert_int_equal(generation_prune(at, "job", 1), 0);
	run("test ! -e 4 && rm -r 5");
}

/* Manifests of another format's names make no sense; one that was written when
 * there were no subdirectories does. */
static void test_formats(void **state)
{
	(void)state;
	fill(1, 1, 1);
	run("grep -q '\"format\": *2' 1/manifest.json");
	expect(1, PICK_ALL, -EINVAL, "does not make sense");
	run("sed -i 's/\"format\": *2/\"format\": 1/' 1/manifest.json");
	expect(1, PICK_ALL, 0, "");
	run("rm 1/rank-2400.mana");
	expect(1, PICK_ALL, -ENOENT, "/1/rank-2400.mana");
	assert_int_equal(generation_remove(at, 1, "job"), 0);
	fill(2, 0, 1);
	run("sed -i 's/\"format\": *2/\"format\": 1/' 2/manifest.json");
	expect(2, PICK_ALL, -EINVAL, "does not make sense");
	run("sed -i 's/\"format\": *1/\"format\": 2/;"
	    "s,ranks-0001/rank-1000,ranks-0000/rank-1000,' 2/manifest.json");
	expect(2, PICK_ALL, -EINVAL, "does not make sense");
	assert_int_equal(generation_remove(at, 2, "job"), 0);
	run("test -z \"$(ls)\"");
}

/* What a crash leaves, in the middle of making, writing or removing. */
static void test_half(void **state)
{
	struct survey s;

	(void)state;
	close(made(1, RANKS));
	run("rmdir 1/ranks-0001; touch 1/ranks-0000/rank-3.mana.tmp 1/job.tmp");
	fill(2, 0, 0);
	run("rm -r 2/ranks-0000");
	assert_int_equal(survey_read(&s, at, top), 0);
	assert_int_equal(s.n, 2);
	assert_int_equal(s.v[0].state, SURVEY_INCOMPLETE);
	assert_int_equal(s.v[0].ranks, 1500);
	assert_int_equal(s.v[0].bytes, 1500 * 7);
	survey_fini(&s);
	assert_int_equal(generation_remove(at, 1, "job"), 0);
	assert_int_equal(generation_remove(at, 2, "other"), -EPERM);
	run("test -e 2/ranks-0002/rank-2000.mana");
	assert_int_equal(generation_remove(at, 2, "job"), 0);
	run("test -z \"$(ls)\"");
}

/* It stays, and is still the job's, so that it goes when that has. */
static void test_foreign(void **state)
{
	(void)state;
	fill(1, 0, 1);
	run("mkdir -p 1/ranks-0001/rank-1001.d 1/ranks-7 1/ranks-0009/x && "
	    "touch 1/ranks-0001/mine 1/ranks-0002/rank-5.mana 1/ranks-7/x");
	assert_int_equal(generation_remove(at, 1, "job"), -ENOTEMPTY);
	run("test \"$(find 1 -type f | sort | tr '\\n' ' ')\" = "
	    "'1/job 1/ranks-0001/mine 1/ranks-0002/rank-5.mana 1/ranks-7/x '");
	run("test -d 1/ranks-0001/rank-1001.d && test ! -e 1/ranks-0000");
	run("rm -r 1/ranks-0001/* 1/ranks-7 1/ranks-0009/x "
	    "1/ranks-0002/rank-5.mana");
	assert_int_equal(generation_remove(at, 1, "job"), 0);
	run("test -z \"$(ls)\"");
}

/* How the directory of an image opens, for who writes or reads it. */
static void opened(uint64_t n, const char *image, int want)
{
	struct reason why;
	int gen = generation_open(at, top, n, &why);
	int dir = image_dir_open(gen, top, image, &why);

	assert_true(gen >= 0);
	assert_int_equal(dir < 0 ? dir : 0, want);
	if (dir >= 0)
		close(dir);
	close(gen);
}

static void test_links(void **state)
{
	(void)state;
	fill(1, 0, 1);
	run("mkdir away && mv 1/ranks-0001/* away && rmdir 1/ranks-0001 && "
	    "ln -s ../away 1/ranks-0001");
	opened(1, "ranks-0001/rank-1500.mana", -ELOOP);
	opened(1, "ranks-0000/rank-0.mana", 0);
	expect(1, PICK_ALL, -ELOOP, "/1/ranks-0001: a symbolic link");
	assert_int_equal(generation_remove(at, 1, "job"), -ELOOP);
	run("test -L 1/ranks-0001 && test $(ls away | wc -l) = 1000");
	run("rm -r away 1");
}

static void test_other_user(void **state)
{
	(void)state;
	if (geteuid())
		skip();
	fill(1, 0, 1);
	assert_int_equal(fchownat(at, "1/ranks-0001", OTHER, -1, 0), 0);
	opened(1, "ranks-0001/rank-1500.mana", -EPERM);
	opened(1, "ranks-0000/rank-0.mana", 0);
	expect(1, PICK_ALL, -EPERM, "/1/ranks-0001: belongs to another user");
	assert_int_equal(generation_remove(at, 1, "job"), -EPERM);
	run("test $(ls 1/ranks-0001 | wc -l) = 1000");
	run("rm -r 1");
}

static void on_send(void *arg, uint32_t rank, enum wire_type type,
		    const void *msg)
{
	(void)arg;
	(void)rank;
	(void)type;
	(void)msg;
}

static void on_send_all(void *arg, enum wire_type type, const void *msg)
{
	(void)arg;
	(void)type;
	(void)msg;
}

static int on_commit(void *arg, struct round *r, char *err, size_t errlen)
{
	(void)arg;
	(void)r;
	(void)err;
	(void)errlen;
	return 0;
}

static void on_over(void *arg, struct round *r, const char *failed)
{
	(void)r;
	snprintf(arg, WIRE_TEXT, "%s", failed ? failed : "committed");
}

/* What a rank says that it has written, once all are to write. */
static void write_as(const char *name, uint32_t rank, const char *verdict)
{
	static const struct round_ops ops = { .send = on_send,
					      .send_all = on_send_all,
					      .commit = on_commit,
					      .over = on_over };
	static const uint32_t says[] = { WIRE_CLOCK, WIRE_STATE, WIRE_STOPPED,
					 WIRE_DRAINED };
	struct wire_msg m = { .type = WIRE_WRITTEN };
	char over[WIRE_TEXT] = "";
	struct round r;
	uint32_t i, k;

	round_init(&r, &ops, over, 1000, 1000);
	assert_int_equal(round_begin(&r, RANKS, 7, "/d/7", "m", 1, 0), 0);
	for (k = 0; k < sizeof(says) / sizeof(*says); k++)
		for (i = 0; i < RANKS; i++) {
			struct wire_msg said = { .type = says[k] };

			if (says[k] == WIRE_CLOCK)
				said.u.clocks.generation = 7;
			else if (says[k] == WIRE_STATE)
				said.u.state.epoch = r.epoch;
			else
				said.u.stage.generation = 7;
			round_message(&r, i, &said, 1);
		}
	assert_int_equal(r.stage, STAGE_WRITE);
	snprintf(m.u.written.file, WIRE_NAME, "%s", name);
	round_message(&r, rank, &m, 2);
	if (!strstr(over, verdict) || (!*verdict && *over))
		fail_msg("%s: %s", name, over);
	round_fini(&r);
}

static void test_written(void **state)
{
	(void)state;
	write_as("ranks-0001/rank-1234.mana", 1234, "");
	write_as("rank-1234.mana", 1234, "rank 1234: WRITTEN");
	write_as("ranks-0000/rank-1234.mana", 1234, "rank 1234: WRITTEN");
	write_as("ranks-0001/../rank-1234.mana", 1234, "rank 1234: WRITTEN");
	write_as("ranks-0001/rank-1234.mana", 1235, "rank 1235: WRITTEN");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_not_names),
		cmocka_unit_test(test_make),
		cmocka_unit_test(test_pick),
		cmocka_unit_test(test_formats),
		cmocka_unit_test(test_half),
		cmocka_unit_test(test_foreign),
		cmocka_unit_test(test_links),
		cmocka_unit_test(test_other_user),
		cmocka_unit_test(test_written),
	};

	alarm(120);
	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
