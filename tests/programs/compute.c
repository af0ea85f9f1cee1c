/* SPDX-License-Identifier: MIT */
/*
 * compute.c - one rank computes without any MPI while the others wait in a
 * collective (odd rounds) or in a receive (even rounds)
 */
/* test: ranks=2,4 */
#include <mpi.h>
#include "check.h"

/* About a second of arithmetic whose result is known: x^(2^n) mod 2^32. */
static unsigned compute(void)
{
	unsigned x = 12345;
	double until;
	long steps = 0;

	check_time_left();
	until = check.spent + 1;
	while (check.spent < until) {
		for (; steps % 100000 != 99999; steps++)
			x = x * 1664525u + 1013904223u;
		steps++;
		check_time_left();
	}
	for (; steps > 0; steps--)
		if (steps % 100000 != 0)
			x = (x - 1013904223u) * 4276115653u;
	return x;
}

int main(int argc, char **argv)
{
	unsigned x = 0;
	int busy, r;

	check_start(argc, argv);
	while (check_more()) {
		busy = (int)(check.round / 2 % check.size);
		if (check.rank == busy) {
			x = compute();
			CHECK_EQ(x, 12345);
		}
		if (check.round % 2) {
			MPI_Bcast(&x, 1, MPI_UNSIGNED, busy, MPI_COMM_WORLD);
		} else if (check.rank == busy) {
			for (r = 0; r < check.size; r++)
				if (r != busy)
					MPI_Send(&x, 1, MPI_UNSIGNED, r, 1,
						 MPI_COMM_WORLD);
		} else {
			MPI_Recv(&x, 1, MPI_UNSIGNED, busy, 1, MPI_COMM_WORLD,
				 MPI_STATUS_IGNORE);
		}
		CHECK_EQ(x, 12345);
		x = 0;
	}
	return check_pass();
}
