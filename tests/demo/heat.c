/* SPDX-License-Identifier: MIT */
/* heat.c - heat spreads through a rod: an ordinary MPI program, for the demo
 *
 * Nothing here knows of checkpoints. Each step sleeps a little, so that the
 * demo takes as long on every machine.
 */
#include <mpi.h>
#include <stdio.h>
#include <unistd.h>

enum { CELLS = 20000, STEPS = 600, PAUSE_US = 10000 };
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
	double mine, all;
	int rank, size, i, n;

	MPI_Init(&argc, &argv);
	MPI_Comm_rank(MPI_COMM_WORLD, &rank);
	MPI_Comm_size(MPI_COMM_WORLD, &size);
	for (i = 0; i < CELLS + 2; i++)
		rod[0][i] = (rank * CELLS + i) % 1000;
	for (n = 0; n < STEPS; n++) {
		exchange(rod[n % 2], (rank + size - 1) % size,
			 (rank + 1) % size);
		step(rod[n % 2], rod[(n + 1) % 2]);
		if (rank == 0 && n % 100 == 0) {
			printf("step %d of %d\n", n, STEPS);
			fflush(stdout);
		}
		usleep(PAUSE_US);
	}
	for (mine = 0, i = 1; i <= CELLS; i++)
		mine += rod[STEPS % 2][i] * rod[STEPS % 2][i];
	MPI_Reduce(&mine, &all, 1, MPI_DOUBLE, MPI_SUM, 0, MPI_COMM_WORLD);
	if (rank == 0)
		printf("answer %.17g\n", all);
	MPI_Finalize();
	return 0;
}
