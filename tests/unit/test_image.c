/* SPDX-License-Identifier: MIT */
/* test_image.c - what image_write saves is what image_read brings back */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <signal.h>
#include <unistd.h>
#include <xxhash.h>
#include "../../image/image.h"
#include "../../image/image_format.h"

#define BASE 0x180000000000UL
#define MIB  (1UL << 20)

static char dir[64], path[96], err[512];

static char *map_at(uint64_t at, size_t len, int prot, int flags, int fd)
{
	char *p =
		mmap((void *)at, len, prot,
		     MAP_FIXED_NOREPLACE | flags | (fd < 0 ? MAP_ANONYMOUS : 0),
		     fd, 0);

	assert_ptr_equal(p, (void *)at);
	return p;
}

static char *map_rw(uint64_t at, size_t len)
{
	return map_at(at, len, PROT_READ | PROT_WRITE, MAP_PRIVATE, -1);
}

static void fill_random(char *p, size_t len, uint64_t seed)
{
	uint64_t *w = (uint64_t *)p;

	for (size_t i = 0; i < len / 8; i++) {
		seed = seed * 6364136223846793005UL + 1442695040888963407UL;
		w[i] = seed ^ seed >> 29;
	}
}

static void write_ok(const struct image_region *r, size_t n, int level,
		     int threads, struct image_result *res)
{
	const struct image_section s[] = { { "meta", "hello", 6 },
					   { "empty", NULL, 0 } };
	const struct image_options opt = { .level = level,
					   .no_fsync = 1,
					   .threads = threads };
	int rc = image_write(AT_FDCWD, path, path, r, n, s, 2, &opt, res, err,
			     sizeof(err));

	if (rc)
		print_error("%s\n", err);
	assert_int_equal(rc, 0);
}

static void read_ok(int verify_only, uint64_t digest)
{
	struct image *img;
	uint64_t len;
	int rc = image_open(open(path, O_RDONLY), path, &img, err, sizeof(err));

	if (rc)
		print_error("%s\n", err);
	assert_int_equal(rc, 0);
	assert_string_equal(image_section(img, "meta", &len), "hello");
	assert_int_equal(len, 6);
	assert_non_null(image_section(img, "empty", &len));
	assert_int_equal(len, 0);
	assert_null(image_section(img, "none", &len));
	assert_true(image_digest(img) == digest);
	assert_int_equal(image_read(img, verify_only, err, sizeof(err)), 0);
	image_close(img);
}

/* Save, forget, bring back, compare. */
static void round_trip(char *p, size_t len, int level, int threads)
{
	struct image_region r = { .start = (uint64_t)p,
				  .len = len,
				  .prot = PROT_READ | PROT_WRITE };
	char *copy = malloc(len);
	struct image_result res;

	memcpy(copy, p, len);
	write_ok(&r, 1, level, threads, &res);
	read_ok(1, res.digest);
	assert_memory_equal(p, copy, len);
	munmap(p, len);
	map_rw(r.start, len);
	read_ok(0, res.digest);
	assert_memory_equal(p, copy, len);
	munmap(p, len);
	free(copy);
}

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

/* Write-only, PROT_NONE and guard pages: nothing a plain load may touch. */
static void test_unreadable_memory(void **state)
{
	size_t len = 2 * MIB;
	struct image_region r[] = {
		{ .start = BASE, .len = len },
		{ .start = BASE + len, .len = len, .prot = 3 },
	};
	struct image_result res;
	char *p = map_rw(BASE, 2 * len), *copy = malloc(len);
	int guard;

	(void)state;
	fill_random(p, 2 * len, 5);
	memcpy(copy, p, len);
	mprotect(p, len, PROT_NONE);
	guard = !madvise(p + len, 8192, 102 /* MADV_GUARD_INSTALL */);
	write_ok(r, 2, 1, 2, &res);
	assert_int_equal(res.raw_bytes, 2 * len - (guard ? 8192 : 0));
	munmap(p, 2 * len);
	map_rw(BASE, 2 * len);
	read_ok(0, res.digest);
	assert_memory_equal(p, copy, len);
	munmap(p, 2 * len);
	free(copy);
}

static int open_forged(const struct image_guard *g, size_t n)
{
	char forged[128], *data, *at = NULL;
	struct image_toc toc = { .len = 0 };
	struct image_header h;
	struct image *img = NULL;
	int fd = open(path, O_RDONLY), rc;
	struct stat st;
	size_t i;

	assert_true(fd >= 0 && fstat(fd, &st) == 0);
	data = malloc((size_t)st.st_size);
	assert_int_equal(read(fd, data, (size_t)st.st_size), st.st_size);
	close(fd);
	memcpy(&h, data, sizeof(h));
	for (i = 0; i < h.toc_count; i++) {
		at = data + h.toc_off + i * sizeof(toc);
		memcpy(&toc, at, sizeof(toc));
		if (!strcmp(toc.name, IMAGE_GUARDS))
			break;
	}
	assert_int_equal(toc.len, n * sizeof(*g));
	memcpy(data + toc.off, g, n * sizeof(*g));
	toc.sum = XXH3_64bits(g, n * sizeof(*g));
	memcpy(at, &toc, sizeof(toc));
	h.toc_sum = XXH3_64bits(data + h.toc_off, h.toc_count * sizeof(toc));
	h.sum = XXH3_64bits(&h, offsetof(struct image_header, sum));
	memcpy(data, &h, sizeof(h));
	snprintf(forged, sizeof(forged), "%s.forged", path);
	fd = open(forged, O_RDWR | O_CREAT | O_TRUNC, 0600);
	assert_int_equal(write(fd, data, (size_t)st.st_size), st.st_size);
	close(fd);
	rc = image_open(open(forged, O_RDONLY), forged, &img, err, sizeof(err));
	if (rc == 0)
		image_close(img);
	unlink(forged);
	free(data);
	return rc;
}

/* They are listed, none of them is data, and forged lists are refused. */
static void test_guards(void **state)
{
	struct image_region r[] = {
		{ .start = BASE, .len = MIB, .prot = 3 },
		{ .start = BASE + MIB, .len = MIB },
	};
	static const struct image_guard bad[][2] = {
		{ { BASE + 8192, 4096 }, { BASE + 4096, 4096 } },
		{ { BASE + 8192, 8192 }, { BASE + 12288, 4096 } },
		{ { BASE + 8192, 4096 }, { BASE + 2 * MIB, 4096 } },
		{ { BASE + 8192, 4096 }, { BASE + MIB, 2 * MIB } },
		{ { BASE - 4096, 8192 }, { BASE + MIB, 4096 } },
		{ { BASE + 8192, 4096 }, { BASE + MIB, 0 } },
		{ { BASE + 8192, 100 }, { BASE + MIB, 4096 } },
		{ { BASE + 8192, 4096 }, { BASE + MIB, -4096UL } },
	};
	const struct image_guard *g;
	struct image_result res;
	struct image *img;
	char *p = map_rw(BASE, 2 * MIB);
	size_t n, i;

	(void)state;
	if (madvise(p, 4096, 102) || madvise(p, 4096, 103))
		skip(); /* before 6.13 */
	fill_random(p, 2 * MIB, 6);
	assert_int_equal(madvise(p + 8192, 4096, 102), 0);
	mprotect(p + MIB, MIB, PROT_NONE);
	assert_int_equal(madvise(p + MIB - 4096, 8192, 102), 0);
	write_ok(r, 2, 1, 2, &res);
	assert_int_equal(res.raw_bytes, 2 * MIB - 3 * 4096);
	assert_int_equal(
		image_open(open(path, O_RDONLY), path, &img, err, sizeof(err)),
		0);
	g = image_guards(img, &n);
	for (i = 0; i + 1 < n; i++) /* those that touch may be one, or two */
		assert_true(g[i].start + g[i].len <= g[i + 1].start);
	assert_true(n == 3 && g[0].start == BASE + 8192 && g[0].len == 4096);
	assert_true(g[1].start == BASE + MIB - 4096 && g[2].len == 4096);
	assert_int_equal(open_forged(g, n), 0);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct image_guard three[3] = {
			bad[i][0], bad[i][1], { BASE + 2 * MIB - 4096, 4096 }
		};

		assert_int_equal(open_forged(three, 3), -EBADMSG);
	}
	image_close(img);
	munmap(p, 2 * MIB);
}

/* A private file mapping longer than its file, one page of it written. */
static void test_file_mapping(void **state)
{
	size_t len = 64 * 4096, in_file = 10 * 4096 + 100;
	struct image_region r = { .start = BASE,
				  .len = len,
				  .prot = 3,
				  .flags = REGION_FILE,
				  .path = path };
	char name[] = "/tmp/test_image_XXXXXX", *data = malloc(in_file), *p;
	struct image_result res;
	struct image *img;
	int fd = mkstemp(name);
	size_t n;

	(void)state;
	fill_random(data, in_file & ~7UL, 9);
	assert_int_equal(write(fd, data, in_file), in_file);
	p = map_at(BASE, len, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd);
	p[4096] ^= 1;
	data[4096] ^= 1;
	write_ok(&r, 1, 1, 1, &res);
	assert_int_equal(res.raw_bytes, 11 * 4096);
	munmap(p, len);
	map_rw(BASE, len);
	read_ok(0, res.digest);
	assert_memory_equal(p, data, in_file & ~7UL);
	munmap(p, len);
	assert_int_equal(
		image_open(open(path, O_RDONLY), path, &img, err, sizeof(err)),
		0);
	assert_string_equal(image_regions(img, &n)->path, path);
	assert_int_equal(n, 1);
	image_close(img);
	close(fd);
	unlink(name);
	free(data);
}

/* Shared anonymous pages that only a child has touched; NODATA is left out. */
static void test_shared_mapping(void **state)
{
	struct image_region r[] = {
		{ .start = BASE,
		  .len = MIB,
		  .prot = 3,
		  .flags = REGION_SHARED,
		  .shmem = 1 },
		{ .start = BASE + MIB,
		  .len = MIB,
		  .prot = 3,
		  .flags = REGION_SHARED | REGION_NODATA },
	};
	struct image_result res;
	char *p = map_at(BASE, MIB, PROT_READ | PROT_WRITE, MAP_SHARED, -1);
	char *q = map_at(BASE + MIB, MIB, 3, MAP_SHARED, -1);
	pid_t pid = fork();
	int status;

	(void)state;
	if (!pid) {
		p[MIB / 2] = 3;
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	q[0] = 1;
	write_ok(r, 2, 1, 1, &res);
	assert_int_equal(res.raw_bytes, 4096);
	munmap(p, 2 * MIB);
	map_rw(BASE, 2 * MIB);
	read_ok(0, res.digest);
	assert_int_equal(p[MIB / 2], 3);
	munmap(p, 2 * MIB);
}

/* Of a file that a descriptor leads to, its data: where the descriptor stands
 * is left alone. */
static void test_holes(void **state)
{
	size_t len = 1UL << 30;
	int fd = memfd_create("holes", MFD_CLOEXEC);
	struct image_region r = { .start = BASE,
				  .len = len,
				  .prot = 3,
				  .flags = REGION_SHARED | REGION_FILE,
				  .path = "/memfd:holes",
				  .data_fd = fd + 1 };
	struct image_result res;
	struct stat st;
	char *p;

	(void)state;
	assert_int_equal(ftruncate(fd, (off_t)len), 0);
	assert_int_equal(pwrite(fd, "a", 1, 5), 1);
	assert_int_equal(pwrite(fd, "b", 1, (off_t)len - 1), 1);
	assert_int_equal(lseek(fd, 77, SEEK_SET), 77);
	p = map_at(BASE, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd);
	write_ok(&r, 1, 1, 2, &res);
	assert_int_equal(res.raw_bytes, 2 * 4096);
	assert_int_equal(lseek(fd, 0, SEEK_CUR), 77);
	assert_int_equal(fstat(fd, &st), 0);
	assert_true(st.st_blocks <= 64);
	munmap(p, len);
	p = map_rw(BASE, len);
	read_ok(0, res.digest);
	assert_int_equal(p[5], 'a');
	assert_int_equal(p[len - 1], 'b');
	munmap(p, len);
	close(fd);
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

static int setup(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/test_image_XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/rank-0.mana", dir);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trips),
		cmocka_unit_test(test_zero_pages_are_not_stored),
		cmocka_unit_test(test_sparse_terabyte_is_free),
		cmocka_unit_test(test_unreadable_memory),
		cmocka_unit_test(test_guards),
		cmocka_unit_test(test_file_mapping),
		cmocka_unit_test(test_shared_mapping),
		cmocka_unit_test(test_holes),
		cmocka_unit_test(test_write_failures),
		cmocka_unit_test(test_many_small_runs),
	};

	alarm(120);
	return cmocka_run_group_tests(tests, setup, teardown);
}
