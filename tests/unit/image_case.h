/* SPDX-License-Identifier: MIT */
/* image_case.h - memory at an address, into an image and back */
#ifndef MANA_IMAGE_CASE_H
#define MANA_IMAGE_CASE_H

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

static inline char *map_at(uint64_t at, size_t len, int prot, int flags, int fd)
{
	char *p =
		mmap((void *)at, len, prot,
		     MAP_FIXED_NOREPLACE | flags | (fd < 0 ? MAP_ANONYMOUS : 0),
		     fd, 0);

	assert_ptr_equal(p, (void *)at);
	return p;
}

static inline char *map_rw(uint64_t at, size_t len)
{
	return map_at(at, len, PROT_READ | PROT_WRITE, MAP_PRIVATE, -1);
}

static inline void fill_random(char *p, size_t len, uint64_t seed)
{
	uint64_t *w = (uint64_t *)p;

	for (size_t i = 0; i < len / 8; i++) {
		seed = seed * 6364136223846793005UL + 1442695040888963407UL;
		w[i] = seed ^ seed >> 29;
	}
}

static inline void write_ok(const struct image_region *r, size_t n, int level,
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

static inline void read_ok(int verify_only, uint64_t digest)
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
static inline void round_trip(char *p, size_t len, int level, int threads)
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

static inline int setup(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/test_image_XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/rank-0.mana", dir);
	return 0;
}

static inline int teardown(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(dir);
}

#endif
