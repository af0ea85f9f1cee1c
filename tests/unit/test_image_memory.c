/* SPDX-License-Identifier: MIT */
/* test_image_memory.c - an image's memory is read without being mapped */
#include "../../image/image_memory.h"
#include "image_case.h"

#define PAGES 3000UL /* more than a chunk */

static struct image *img;
static struct image_memory *mem;

static void open_it(void)
{
	assert_int_equal(
		image_open(open(path, O_RDONLY), path, &img, err, sizeof(err)),
		0);
	mem = image_memory_open(img);
	assert_non_null(mem);
}

static void close_it(void)
{
	image_memory_close(mem);
	image_close(img);
}

/* Two regions side by side, with zeros in them, and one without contents. */
static char *make(void)
{
	size_t half = PAGES / 2 * 4096;
	struct image_region r[] = {
		{ .start = BASE, .len = half, .prot = 3 },
		{ .start = BASE + half, .len = half, .prot = 3 },
		{ .start = BASE + 3 * half,
		  .len = 4096,
		  .prot = 3,
		  .flags = REGION_NODATA },
	};
	char *p = map_rw(BASE, 2 * half), *copy = malloc(2 * half);
	struct image_result res;

	fill_random(p, 2 * half, 7);
	memset(p + 100 * 4096, 0, 500 * 4096);
	memset(p + (PAGES - 10) * 4096, 0, 10 * 4096);
	write_ok(r, 3, 1, 2, &res);
	memcpy(copy, p, 2 * half);
	munmap(p, 2 * half);
	return copy;
}

static void test_read(void **state)
{
	size_t len = PAGES * 4096, at, n;
	char *copy = make(), *got = malloc(len);
	uint64_t end;

	(void)state;
	open_it();
	assert_int_equal(image_memory_read(mem, BASE, got, len), 0);
	assert_memory_equal(got, copy, len);
	for (at = 1; at < len; at += 777777) { /* across pages and runs */
		n = len - at < 12345 ? len - at : 12345;
		assert_int_equal(image_memory_read(mem, BASE + at, got, n), 0);
		assert_memory_equal(got, copy + at, n);
	}
	assert_int_equal(image_memory_read(mem, BASE - 1, got, 1), -EFAULT);
	assert_int_equal(image_memory_read(mem, BASE + len - 1, got, 2),
			 -EFAULT);
	assert_int_equal(image_memory_read(mem, BASE + len / 2 * 3, got, 1),
			 -ENODATA);
	assert_int_equal(image_memory_stored(img, BASE, len, &end),
			 (PAGES - 510) * 4096);
	assert_true(end == BASE + (PAGES - 10) * 4096);
	assert_int_equal(image_memory_stored(img, BASE + 99 * 4096, 8192, NULL),
			 4096);
	close_it();
	free(got);
	free(copy);
}

struct seen {
	char *copy;
	size_t bytes;
};

static int look(void *arg, uint64_t at, const char *pages, size_t len)
{
	struct seen *s = arg;

	assert_memory_equal(pages, s->copy + (at - BASE), len);
	s->bytes += len;
	return s->bytes > 1200 * 4096UL ? -EINTR : 0;
}

static void test_each(void **state)
{
	struct seen s = { .copy = make(), .bytes = 0 };

	(void)state;
	open_it();
	assert_int_equal(image_memory_each(mem, look, &s), -EINTR);
	assert_true(s.bytes > 1200 * 4096UL);
	close_it();
	free(s.copy);
}

static void test_damaged(void **state)
{
	char *copy = make(), byte;
	int fd;

	(void)state;
	fd = open(path, O_RDWR);
	assert_int_equal(pread(fd, &byte, 1, 8192), 1);
	byte ^= 1;
	assert_int_equal(pwrite(fd, &byte, 1, 8192), 1);
	close(fd);
	open_it();
	assert_int_equal(image_memory_read(mem, BASE, copy, PAGES * 4096),
			 -EBADMSG);
	close_it();
	free(copy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_read, setup, teardown),
		cmocka_unit_test_setup_teardown(test_each, setup, teardown),
		cmocka_unit_test_setup_teardown(test_damaged, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
