/* SPDX-License-Identifier: MIT */
/* computing.c - a rank computes and makes neither MPI nor system calls
 *
 * Rank 0 does so for argv[1] seconds; rank 1 waits in a receive, rank 2 in
 * MPI_Finalize. Then for argv[2] seconds, with rank 1 in a collective.
 */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define MUL 1664525u
#define ADD 1013904223u

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* What @steps steps make of x, by squaring. */
static unsigned expected(unsigned x, unsigned long steps)
{
	unsigned mul = MUL, add = ADD;

	for (; steps; steps /= 2) {
		if (steps % 2)
			x = x * mul + add;
		add *= mul + 1;
		mul *= mul;
	}
	return x;
}

/* Time that passes while nothing runs, at a restart, does not count. */
static unsigned compute(const char *what, double seconds)
{
	unsigned x = 1;
	unsigned long steps = 0, i;
	double last = now(), spent = 0, t;

	puts(what);
	fflush(stdout);
	for (; spent < seconds; last = t) {
		for (i = 0; i < 1000000; i++)
			x = x * MUL + ADD;
		steps += i;
		t = now();
		spent += t < last ? 0 : t - last > 1 ? 1 : t - last;
	}
	return x == expected(1, steps) ? x : 0;
}

int main(int argc, char **argv)
{
	MPI_Comm pair;
	unsigned x = 0;
	int rank;

	MPI_Init(&argc, &argv);
	MPI_Comm_rank(MPI_COMM_WORLD, &rank);
	MPI_Comm_split(MPI_COMM_WORLD, rank > 1, 0, &pair);
	if (rank == 0)
		x = compute("computing", atof(argv[1]));
	if (rank == 0)
		MPI_Send(&x, 1, MPI_UNSIGNED, 1, 1, MPI_COMM_WORLD);
	if (rank == 1)
		MPI_Recv(&x, 1, MPI_UNSIGNED, 0, 1, MPI_COMM_WORLD,
			 MPI_STATUS_IGNORE);
	if (rank == 0)
		x = compute("again", atof(argv[2]));
	if (rank < 2)
		MPI_Bcast(&x, 1, MPI_UNSIGNED, 0, pair);
	if (rank < 2 && !x)
		MPI_Abort(MPI_COMM_WORLD, 1);
	sleep(2); /* a program that ends has no more checkpoints */
	if (rank == 1)
		puts("PASSED");
	MPI_Finalize();
	return 0;
}
