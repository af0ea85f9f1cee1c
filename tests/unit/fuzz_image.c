/* SPDX-License-Identifier: MIT */
/* fuzz_image.c - no damaged image is taken, and none does damage
 *
 * Every byte of the header flipped, every cut through header and tables, random
 * flips anywhere, and, with the sums made right again, tables that lie. Each is
 * refused with one sentence; built with ASan and UBSan to see the rest.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>
#include "../../image/image.h"
#include "../../image/image_format.h"

#define BASE 0x180000000000UL
#define SIZE (6UL << 20)

/* Tables lie at any byte in a file. */
typedef struct image_toc toc_in_file __attribute__((aligned(1)));
typedef struct image_chunk chunk_in_file __attribute__((aligned(1)));

static char path[64], err[512];
static uint8_t *good, *bad;
static size_t size;
static unsigned long cases, refused;
static uint64_t seed = 1;

static uint64_t rnd(uint64_t below)
{
	seed = seed * 6364136223846793005UL + 1442695040888963407UL;
	return (seed >> 20) % below;
}

static void die(const char *what)
{
	fprintf(stderr, "fuzz_image: case %lu: %s: \"%s\"\n", cases, what, err);
	unlink(path);
	exit(1);
}

static void put(size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || write(fd, bad, len) != (ssize_t)len)
		die("cannot write the case");
	close(fd);
}

/* 0: the image is taken and its payloads are whole. */
static int try(void)
{
	struct image *img;
	int rc;

	memset(err, 0, sizeof(err));
	rc = image_open(open(path, O_RDONLY), path, &img, err, sizeof(err));
	if (!rc) {
		rc = image_read(img, 1, err, sizeof(err));
		image_close(img);
	}
	cases++;
	refused += rc != 0;
	if (rc && (strlen(err) < 20 || strchr(err, '\n') || rc > 0))
		die("no sentence");
	return rc;
}

static void must_refuse(size_t len, const char *what)
{
	put(len);
	if (!try())
		die(what);
}

/* True when the byte is one no sum covers: what rounds a payload to a page. */
static int is_padding(size_t at)
{
	const struct image_header *h = (void *)good;
	const toc_in_file *t = (void *)(good + h->toc_off);

	for (size_t i = 0; i < h->toc_count; i++) {
		const chunk_in_file *c = (void *)(good + t[i].off);

		if (strcmp(t[i].name, IMAGE_CHUNKS))
			continue;
		for (size_t k = 0; k < t[i].len / sizeof(*c); k++)
			if (at >= c[k].off && at < c[k].off + c[k].size)
				return 0;
	}
	return at >= sizeof(*h) && at < t[0].off;
}

static void flips(size_t from, size_t to, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t at = n == to - from ? from + i : from + rnd(to - from);

		if (is_padding(at))
			continue;
		memcpy(bad, good, size);
		bad[at] ^= (uint8_t)(1 + rnd(255));
		must_refuse(size, "a flipped byte was taken");
	}
}

static void cuts(size_t from, size_t to, size_t n)
{
	memcpy(bad, good, size);
	for (size_t i = 0; i < n; i++)
		must_refuse(n == to - from ? from + i : from + rnd(to - from),
			    "a cut file was taken");
	memset(bad + size, 0, 4096);
	must_refuse(size + 1 + rnd(4096), "a longer file was taken");
}

static void make_sums_right(void)
{
	struct image_header *h = (void *)bad;
	toc_in_file *t;

	if (h->toc_off > size ||
	    h->toc_count > (size - h->toc_off) / sizeof(*t))
		goto head;
	t = (void *)(bad + h->toc_off);
	for (size_t i = 0; i < h->toc_count; i++)
		if (t[i].off <= size && t[i].len <= size - t[i].off)
			t[i].sum = XXH3_64bits(bad + t[i].off, t[i].len);
	h->toc_sum = XXH3_64bits(t, h->toc_count * sizeof(*t));
head:
	h->sum = XXH3_64bits(h, offsetof(struct image_header, sum));
}

/*
 * One word of the header or a table becomes something telling, all sums agree
 * with it. It may be taken when it happens to make sense (prot, a path's
 * letter); it must not crash. Only verified: places are not trusted here.
 */
static void lies(size_t from, size_t to, size_t n)
{
	static const uint64_t telling[] = {
		0,	   1,	       4095,
		4096,	   1UL << 31,  UINT32_MAX,
		1UL << 32, 1UL << 47,  0x7ffffffff000,
		1UL << 63, UINT64_MAX, UINT64_MAX - 4095,
	};

	for (size_t i = 0; i < n; i++) {
		size_t at = from + rnd(to - from - 8) / 4 * 4;
		size_t width = rnd(2) ? 4 : 8;
		uint64_t v, old = 0;

		memcpy(bad, good, size);
		memcpy(&old, bad + at, width);
		v = rnd(3) ? telling[rnd(sizeof(telling) / 8)] :
			     old + rnd(8193) - 4096;
		memcpy(bad + at, &v, width);
		make_sums_right();
		put(size);
		try();
	}
}

static void make_image(void)
{
	const struct image_section s[] = { { "meta", "some text", 10 } };
	struct image_region r[] = {
		{ .start = BASE, .len = SIZE / 2, .prot = 3 },
		{ .start = BASE + SIZE / 2,
		  .len = SIZE / 2,
		  .prot = 1,
		  .flags = REGION_FILE,
		  .path = path },
	};
	const struct image_options opt = { .level = 1, .no_fsync = 1 };
	struct image_result res;
	char *p = mmap((void *)BASE, SIZE, 3,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	struct stat st;
	int fd;

	for (size_t i = 0; i < SIZE; i += 4096)
		memset(p + i, (int)rnd(256), rnd(3) ? 4096 : 0);
	for (size_t i = 0; i < SIZE / 4; i++)
		p[i] = (char)rnd(256);
	if (image_write(AT_FDCWD, path, path, r, 2, s, 1, &opt, &res, err,
			sizeof(err)))
		die("cannot write the image");
	munmap(p, SIZE);
	fd = open(path, O_RDONLY);
	if (fd < 0 || fstat(fd, &st))
		die("cannot read the image");
	size = (size_t)st.st_size;
	good = malloc(size + 8192);
	bad = malloc(size + 8192);
	if (read(fd, good, size) != (ssize_t)size || try())
		die("the good image is refused");
	close(fd);
}

static size_t first_table(void)
{
	const struct image_header *h = (void *)good;

	return ((toc_in_file *)(good + h->toc_off))->off;
}

int main(int argc, char **argv)
{
	size_t n = argc > 1 ? strtoul(argv[1], NULL, 0) : 1000, tables;

	alarm(600);
	if (argc > 2)
		seed = strtoul(argv[2], NULL, 0);
	snprintf(path, sizeof(path), "/tmp/fuzz_image_%d.mana", getpid());
	make_image();
	tables = first_table();
	flips(0, IMAGE_PAGE, IMAGE_PAGE);
	cuts(0, IMAGE_PAGE + 1, IMAGE_PAGE + 1);
	flips(IMAGE_PAGE, size, n);
	flips(tables, size, size - tables);
	cuts(IMAGE_PAGE, size, n);
	lies(0, 80, n);
	lies(tables, size, 4 * n);
	printf("fuzz_image: %lu cases, %lu refused, none taken wrongly\n",
	       cases, refused);
	unlink(path);
	return 0;
}
