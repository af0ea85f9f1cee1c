/* SPDX-License-Identifier: MIT */
/* heat.c - heat spreads through a rod: an ordinary MPI program, for the demo
 *
 * Nothing here knows of checkpoints. Each step sleeps a little, so that the
 * demo takes as long on every machine. usage: heat [STEPS [MICROSECONDS]]
 */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { CELLS = 20000 };
static double rod[2][CELLS + 2];

static void step(const double *from, double *to)
{
	int i;

	for (i = 1; i <= CELLS; i++)
		to[i] = from[i] +
			0.4 * (from[i - 1] - 2 * from[i] + from[i + 1]);
}

static void exchange(double *a, int left, int right)
{
	MPI_Sendrecv(&a[CELLS], 1, MPI_DOUBLE, right, 0, &a[0], 1, MPI_DOUBLE,
		     left, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
	MPI_Sendrecv(&a[1], 1, MPI_DOUBLE, left, 1, &a[CELLS + 1], 1,
		     MPI_DOUBLE, right, 1, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
}

int main(int argc, char **argv)
{
	int steps = argc > 1 ? atoi(argv[1]) : 600;
	unsigned int pause_us = argc > 2 ? (unsigned int)atoi(argv[2]) : 10000;
	double mine, all;
	int rank, size, i, n;

	MPI_Init(&argc, &argv);
	MPI_Comm_rank(MPI_COMM_WORLD, &rank);
	MPI_Comm_size(MPI_COMM_WORLD, &size);
	for (i = 0; i < CELLS + 2; i++)
		rod[0][i] = (rank * CELLS + i) % 1000;
	for (n = 0; n < steps; n++) {
		exchange(rod[n % 2], (rank + size - 1) % size,
			 (rank + 1) % size);
		step(rod[n % 2], rod[(n + 1) % 2]);
		if (rank == 0 && n % (steps / 6 + 1) == 0) {
			printf("step %d of %d\n", n, steps);
			fflush(stdout);
		}
		usleep(pause_us);
	}
	for (mine = 0, i = 1; i <= CELLS; i++)
		mine += rod[steps % 2][i] * rod[steps % 2][i];
	MPI_Reduce(&mine, &all, 1, MPI_DOUBLE, MPI_SUM, 0, MPI_COMM_WORLD);
	if (rank == 0)
		printf("answer %.17g\n", all);
	MPI_Finalize();
	return 0;
}
