/* SPDX-License-Identifier: MIT */
/* image_bench.c - checkpoint and restart of N ranks' memory, beside dd
 *
 * usage: image_bench DIR [RANKS [MIB [LEVEL [ROUNDS]]]]      (2 1024 0 3)
 *
 * Each rank, a process, holds MIB mebibytes, every other 64 KiB zero, the rest
 * random. All write their images at the same time, then dd writes the same
 * bytes, then all read the images back. Cached pages are dropped before reading
 * when the user may. Prints the median over the rounds.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "../../image/image.h"

#define BASE   0x180000000000UL
#define STRIPE 65536UL
#define ROUNDS 32

static const char *dir;
static int ranks = 2, level, rounds = 3;
static size_t size = 1024UL << 20;
static struct image_result result;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void die(const char *what, const char *why)
{
	fprintf(stderr, "image_bench: %s: %s: see above\n", what, why);
	_exit(99);
}

static void path_of(int rank, const char *kind, char *path)
{
	snprintf(path, IMAGE_PATH_MAX, "%s/bench-%d.%s", dir, rank, kind);
}

static void *map(void)
{
	void *p = mmap((void *)BASE, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

	if (p == MAP_FAILED)
		die("memory", "mmap failed");
	return p;
}

static void do_write(int rank)
{
	struct image_region r = { .start = BASE,
				  .len = size,
				  .prot = PROT_READ | PROT_WRITE };
	const struct image_options opt = { .level = level };
	char path[IMAGE_PATH_MAX], err[512];

	path_of(rank, "mana", path);
	if (image_write(AT_FDCWD, path, path, &r, 1, NULL, 0, &opt, &result,
			err, sizeof(err)))
		die("write", err);
}

static void do_read(int rank)
{
	char path[IMAGE_PATH_MAX], err[512];
	struct image *img;

	path_of(rank, "mana", path);
	map();
	if (image_open(open(path, O_RDONLY), path, &img, err, sizeof(err)) ||
	    image_read(img, 0, err, sizeof(err)))
		die("read", err);
	image_close(img);
}

static void do_dd(int rank)
{
	char from[IMAGE_PATH_MAX], to[IMAGE_PATH_MAX], arg[2][IMAGE_PATH_MAX];
	int status;

	path_of(rank, "mana", from);
	path_of(rank, "dd", to);
	snprintf(arg[0], sizeof(arg[0]), "if=%.4000s", from);
	snprintf(arg[1], sizeof(arg[1]), "of=%.4000s", to);
	if (!fork()) {
		execlp("dd", "dd", arg[0], arg[1], "bs=1M", "conv=fsync",
		       "status=none", NULL);
		_exit(127);
	}
	wait(&status);
	if (status)
		die("dd", "failed");
}

/* dd need not read its input from the disk. */
static void do_warm(int rank)
{
	static char buf[1 << 20];
	char path[IMAGE_PATH_MAX];
	int fd;

	path_of(rank, "mana", path);
	fd = open(path, O_RDONLY);
	while (read(fd, buf, sizeof(buf)) > 0)
		;
	close(fd);
}

/* As programs do, by themselves: where page tables are shadowed, what only the
 * kernel has touched is still to be paid for. */
static void fill_stripes(char *p, uint64_t seed)
{
	uint64_t x = seed * 0x9e3779b97f4a7c15UL;

	for (size_t at = 0; at < size; at += 2 * STRIPE) {
		for (size_t i = 0; i < STRIPE; i += sizeof(x)) {
			x ^= x << 13;
			x ^= x >> 7;
			x ^= x << 17;
			memcpy(p + at + i, &x, sizeof(x));
		}
		memset(p + at + STRIPE, 0, STRIPE);
	}
}

/* Seconds from the start signal until the last rank is done. */
static double all_ranks(void (*what)(int), int fill)
{
	int ready[2], go[2], status, bad = 0;
	double start;
	char c = 0;

	if (pipe(ready) || pipe(go))
		die("pipe", "failed");
	for (int i = 0; i < ranks; i++) {
		if (fork())
			continue;
		if (fill)
			fill_stripes(map(), (uint64_t)i + 1);
		close(go[1]);
		if (write(ready[1], &c, 1) != 1 || read(go[0], &c, 1))
			die("pipe", "failed");
		what(i);
		if (write(ready[1], &c, 1) != 1)
			die("pipe", "failed");
		_exit(0);
	}
	close(ready[1]);
	for (int i = 0; i < ranks; i++)
		if (read(ready[0], &c, 1) != 1)
			die("pipe", "failed");
	start = now();
	close(go[1]);
	for (int i = 0; i < ranks; i++)
		if (read(ready[0], &c, 1) != 1)
			break;
	start = now() - start;
	while (wait(&status) > 0)
		bad |= status;
	close(go[0]);
	close(ready[0]);
	if (bad)
		die("rank", "failed");
	return start;
}

static void drop_caches(void)
{
	int fd = open("/proc/sys/vm/drop_caches", O_WRONLY | O_CLOEXEC);

	sync();
	if (fd < 0)
		return;
	if (write(fd, "1", 1) != 1)
		fprintf(stderr, "image_bench: cached pages stay\n");
	close(fd);
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *t)
{
	qsort(t, (size_t)rounds, sizeof(*t), ascending);
	return t[rounds / 2];
}

static long file_size(void)
{
	char path[IMAGE_PATH_MAX];
	long n;
	FILE *f;

	path_of(0, "mana", path);
	f = fopen(path, "r");
	if (!f)
		die(path, "cannot open");
	fseek(f, 0, SEEK_END);
	n = ftell(f);
	fclose(f);
	return n;
}

static void clean(const char *kind)
{
	char path[IMAGE_PATH_MAX];

	for (int i = 0; i < ranks; i++) {
		path_of(i, kind, path);
		unlink(path);
	}
}

int main(int argc, char **argv)
{
	double w[ROUNDS], d[ROUNDS], r[ROUNDS], mw, md, mr, mib;

	if (argc < 2)
		die("usage", "DIR [RANKS [MIB [LEVEL [ROUNDS]]]]");
	dir = argv[1];
	ranks = argc > 2 ? atoi(argv[2]) : ranks;
	size = argc > 3 ? (size_t)atol(argv[3]) << 20 : size;
	level = argc > 4 ? atoi(argv[4]) : level;
	rounds = argc > 5 ? atoi(argv[5]) : rounds;
	if (ranks < 1 || size < 1 << 20 || rounds < 1 || rounds > ROUNDS)
		die("usage", "number out of range");
	for (int i = 0; i < rounds; i++) {
		clean("mana");
		drop_caches();
		w[i] = all_ranks(do_write, 1);
		sync();
		all_ranks(do_warm, 0);
		d[i] = all_ranks(do_dd, 0);
		clean("dd");
		drop_caches();
		r[i] = all_ranks(do_read, 0);
		printf("round %d: write %.3f s, dd %.3f s, read %.3f s\n", i,
		       w[i], d[i], r[i]);
	}
	mib = (double)file_size() * ranks / (1 << 20);
	mw = median(w);
	md = median(d);
	mr = median(r);
	printf("level %d, %d ranks, %.0f MiB of images: write %.0f MiB/s, "
	       "dd %.0f MiB/s, ratio %.2f, read %.0f MiB/s\n",
	       level, ranks, mib, mib / mw, mib / md, md / mw, mib / mr);
	clean("mana");
	return 0;
}
