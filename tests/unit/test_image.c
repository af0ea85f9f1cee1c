/* SPDX-License-Identifier: MIT */
/* test_image.c - what image_write saves is what image_read brings back */
#include "image_case.h"

static void test_round_trips(void **state)
{
	(void)state;
	for (int level = 0; level <= 3; level++) {
		for (int kind = 0; kind < 4; kind++) {
			size_t len = 9 * MIB + 12288;
			char *p = map_rw(BASE, len);

			for (size_t i = 0; i < len; i += 4096) {
				if (kind == 0 || (kind == 1 && i & 4096))
					fill_random(p + i, 4096, i + 1);
				if (kind == 2)
					memset(p + i, (int)(i >> 14), 4096);
				if (kind == 3 && i % (37 * 4096) == 0)
					p[i + 4095] = 1;
			}
			round_trip(p, len, level, level + 1);
		}
	}
}

static void test_zero_pages_are_not_stored(void **state)
{
	struct image_region r = { .start = BASE, .len = 64 * MIB, .prot = 3 };
	struct image_result res;
	char *p = map_rw(BASE, r.len);

	(void)state;
	memset(p, 0, r.len);
	p[5 * MIB] = 1;
	write_ok(&r, 1, 0, 2, &res);
	assert_int_equal(res.raw_bytes, 4096);
	assert_true(res.bytes < 16384);
	munmap(p, r.len);
}

static void test_sparse_terabyte_is_free(void **state)
{
	struct image_region r[] = {
		{ .start = BASE,
		  .len = 1UL << 40,
		  .prot = 3,
		  .flags = REGION_NORESERVE },
		{ .start = BASE + (1UL << 41),
		  .len = 1UL << 40,
		  .flags = REGION_NORESERVE },
	};
	struct image_result res;
	char *p = map_at(r[0].start, r[0].len, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_NORESERVE, -1);
	char *q = map_at(r[1].start, r[1].len, PROT_NONE,
			 MAP_PRIVATE | MAP_NORESERVE, -1);

	(void)state;
	p[r[0].len / 2] = 7;
	write_ok(r, 2, 0, 1, &res); /* looking at each page takes hours */
	assert_int_equal(res.raw_bytes, 4096);
	munmap(p, r[0].len);
	munmap(q, r[1].len);
}

static void expect_failure(const char *file, const struct image_region *r,
			   int rc)
{
	const struct image_options opt = { .level = 0 };
	struct image_result res;
	char tmp[128];
	struct stat st;

	snprintf(tmp, sizeof(tmp), "%s.tmp", file);
	err[0] = 0;
	assert_int_equal(image_write(AT_FDCWD, file, file, r, 1, NULL, 0, &opt,
				     &res, err, sizeof(err)),
			 rc);
	assert_true(strlen(err) > 20 && !strchr(err, '\n'));
	assert_int_equal(stat(tmp, &st), -1);
	print_message("%s\n", err);
}

/* A full disk is a file size limit away. The old image is left alone. */
static void test_write_failures(void **state)
{
	struct image_region r = { .start = BASE, .len = 8 * MIB, .prot = 3 };
	struct image_region odd = { .start = BASE + 5, .len = MIB, .prot = 3 };
	struct rlimit old, lim;
	struct image_result res;
	char *p = map_rw(BASE, r.len);

	(void)state;
	fill_random(p, r.len, 2);
	write_ok(&r, 1, 0, 2, &res);
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	lim = old;
	lim.rlim_cur = 3 * MIB + 77;
	setrlimit(RLIMIT_FSIZE, &lim);
	expect_failure(path, &r, -EFBIG);
	setrlimit(RLIMIT_FSIZE, &old);
	read_ok(1, res.digest);
	expect_failure("/nonexistent/x.mana", &r, -ENOENT);
	expect_failure(path, &odd, -EINVAL);
	munmap(p, r.len);
}

static void test_many_small_runs(void **state)
{
	size_t len = 256 * MIB;
	char *p = map_rw(BASE, len);

	(void)state;
	for (size_t i = 0; i < len; i += 16 * 4096)
		p[i] = (char)(i >> 16 | 1);
	round_trip(p, len, 0, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trips),
		cmocka_unit_test(test_zero_pages_are_not_stored),
		cmocka_unit_test(test_sparse_terabyte_is_free),
		cmocka_unit_test(test_write_failures),
		cmocka_unit_test(test_many_small_runs),
	};

	alarm(120);
	return cmocka_run_group_tests(tests, setup, teardown);
}
