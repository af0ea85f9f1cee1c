/* SPDX-License-Identifier: MIT */
/* file_stdio.c - stdio streams half read and half written */
/* test: ranks=1 mpi=none threads=1 */
#define _GNU_SOURCE
#include "check.h"

enum { LINES = 400 };

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

int main(int argc, char **argv)
{
	check_args(argc, argv);
	make_input();
	while (check_more()) {
		copy_slowly();
		same_files();
	}
	return check_pass();
}
