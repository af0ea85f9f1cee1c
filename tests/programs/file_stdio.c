/* SPDX-License-Identifier: MIT */
/* file_stdio.c - stdio streams half read, half written, mapped files */
/* test: ranks=1 mpi=none threads=1 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>
#include "check.h"

enum { LINES = 400, SIZE = 1 << 16 };

static void make_input(void)
{
	FILE *f = fopen("input.txt", "w");
	int i;

	CHECK(f != NULL);
	for (i = 0; i < LINES; i++)
		fprintf(f, "%d %d\n", i, i * i);
	CHECK_EQ(fclose(f), 0);
}

/* Copy line by line with pauses; buffers are full of unwritten data. */
static void copy_slowly(void)
{
	FILE *in = fopen("input.txt", "r"), *out = fopen("output.txt", "w");
	int n, square, i;

	CHECK(in && out);
	for (i = 0; i < LINES; i++) {
		CHECK_EQ(fscanf(in, "%d %d", &n, &square), 2);
		CHECK_EQ(n, i);
		CHECK_EQ(square, i * i);
		CHECK(fprintf(out, "%d %d\n", n, square) > 0);
		if (i % 50 == 0)
			check_sleep(0.02);
	}
	CHECK_EQ(fclose(in), 0);
	CHECK_EQ(fclose(out), 0);
}

static void same_files(void)
{
	char a[64], b[64];
	FILE *in = fopen("input.txt", "r"), *out = fopen("output.txt", "r");

	CHECK(in && out);
	while (fgets(a, sizeof(a), in)) {
		CHECK(fgets(b, sizeof(b), out) != NULL);
		CHECK_EQ(strcmp(a, b), 0);
	}
	CHECK(fgets(b, sizeof(b), out) == NULL);
	fclose(in);
	fclose(out);
}

static char *map_file(int flags)
{
	int fd = open("mapped.data", O_RDWR | O_CREAT, 0600);
	char *p;

	CHECK(fd >= 0);
	CHECK_EQ(ftruncate(fd, SIZE), 0);
	p = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, flags, fd, 0);
	CHECK(p != MAP_FAILED);
	close(fd);
	return p;
}

int main(int argc, char **argv)
{
	char *private, *shared;

	check_args(argc, argv);
	make_input();
	shared = map_file(MAP_SHARED);
	private = map_file(MAP_PRIVATE);
	while (check_more()) {
		check_fill(shared, SIZE, (unsigned long)check.round);
		check_fill(private, SIZE, (unsigned long)check.round + 9);
		copy_slowly();
		check_same(shared, SIZE, (unsigned long)check.round);
		check_same(private, SIZE, (unsigned long)check.round + 9);
		same_files();
	}
	unlink("input.txt");
	unlink("output.txt");
	unlink("mapped.data");
	return check_pass();
}
