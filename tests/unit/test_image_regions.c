/* SPDX-License-Identifier: MIT */
/* test_image_regions.c - memory that is not just read and written */
#include "image_case.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unreadable_memory),
		cmocka_unit_test(test_guards),
		cmocka_unit_test(test_file_mapping),
		cmocka_unit_test(test_shared_mapping),
		cmocka_unit_test(test_holes),
	};

	alarm(120);
	return cmocka_run_group_tests(tests, setup, teardown);
}
