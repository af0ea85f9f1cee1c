/* SPDX-License-Identifier: MIT */
/* stdin_file.c - standard input is a regular file, what is read is kept */
/* test: ranks=1 mpi=none threads=1 stdin=numbers */
#include "check.h"

/*
 * The runner gives the numbers from 1 to 1000, one per line: less than stdio
 * reads at a time, since a restarted program has its new launcher's input.
 */
int main(int argc, char **argv)
{
	int n, want = 0;

	check_args(argc, argv);
	while (scanf("%d", &n) == 1) {
		CHECK_EQ(n, ++want);
		if (want % 100 == 0)
			check_sleep(check.limit / 10);
	}
	CHECK_EQ(want, 1000);
	CHECK(feof(stdin));
	return check_pass();
}
