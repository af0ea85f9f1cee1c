/* SPDX-License-Identifier: MIT */
/* bigstack.c - deep recursion on an unlimited stack */
/* test: ranks=2 stack=unlimited */
#include <mpi.h>
#include "check.h"

enum { DEPTH = 3000, FRAME = 8000 };

/* About 24 MiB of stack, three times the usual limit. */
static unsigned __attribute__((noinline)) descend(int depth)
{
	unsigned char frame[FRAME];
	unsigned sum;

	check_fill(frame, 64, (unsigned long)depth);
	if (depth == 0) {
		check_sleep(0.05);
		return 1;
	}
	sum = descend(depth - 1) + 1;
	check_same(frame, 64, (unsigned long)depth);
	return sum;
}

int main(int argc, char **argv)
{
	check_start(argc, argv);
	while (check_more())
		CHECK_EQ(descend(DEPTH), DEPTH + 1);
	return check_pass();
}
