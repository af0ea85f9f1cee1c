/* SPDX-License-Identifier: MIT */
/* brk.c - the program break grows and shrinks and keeps what is below it */
/* test: ranks=1 mpi=none threads=1 */
#define _GNU_SOURCE
#include "check.h"

enum { STEP = 300000 };

int main(int argc, char **argv)
{
	char *start, *now;
	long i;

	check_args(argc, argv);
	start = sbrk(0);
	CHECK(start != (void *)-1);
	while (check_more()) {
		for (i = 0; i < 20; i++) {
			now = sbrk(STEP);
			CHECK(now == start + i * STEP);
			CHECK_EQ(now[STEP - 1], 0);
			check_fill(now, STEP, (unsigned long)i);
		}
		check_sleep(0.05);
		for (i = 19; i >= 0; i--) {
			check_same(start + i * STEP, STEP, (unsigned long)i);
			CHECK(sbrk(-STEP) == start + (i + 1) * STEP);
		}
		CHECK(sbrk(0) == start);
	}
	return check_pass();
}
