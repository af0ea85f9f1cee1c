/* SPDX-License-Identifier: MIT */
/* steps.c - a job that takes argv[1] seconds, in steps, whatever interrupts it
 *
 * Each step adds up what all ranks know of it, and sleeps a little. Rank 0 says
 * each second how many there were, and PASSED at the end: what it has said is
 * in one order whatever was requeued. argv[2]: the exit code (0).
 */
#ifndef NO_MPI
#include <mpi.h>
#endif
#include "../programs/check.h"

static long sum_of(long value)
{
	long sum = value;

#ifndef NO_MPI
	MPI_Allreduce(&value, &sum, 1, MPI_LONG, MPI_SUM, MPI_COMM_WORLD);
#endif
	return sum;
}

static void tell(const char *what, long n)
{
	if (check.rank)
		return;
	printf("%s %ld of %d\n", what, n, check.size);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	long end = argc > 1 ? atol(argv[1]) * 10 : 30, i;

#ifndef NO_MPI
	MPI_Init(&argc, &argv);
	MPI_Comm_rank(MPI_COMM_WORLD, &check.rank);
	MPI_Comm_size(MPI_COMM_WORLD, &check.size);
#endif
	for (i = 0; i < end; i++) {
		CHECK_EQ(sum_of(i + check.rank),
			 i * check.size + check.size * (check.size - 1) / 2);
		usleep(100000);
		if (i % 10 == 0)
			tell("second", i / 10);
	}
	tell("PASSED", i);
#ifndef NO_MPI
	MPI_Finalize();
#endif
	return argc > 2 ? atoi(argv[2]) : 0;
}
