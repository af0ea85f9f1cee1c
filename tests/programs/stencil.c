/* SPDX-License-Identifier: MIT */
/* stencil.c - Jacobi iterations on strips against a serial computation */
/* test: ranks=2,4 */
#include <mpi.h>
#include "check.h"

enum { SIDE = 128, STEPS = 60 };
static double whole[2][SIDE + 2][SIDE + 2], strip[2][SIDE + 2][SIDE + 2];

static void start(double (*a)[SIDE + 2], int first)
{
	int i, j;

	for (i = 0; i < SIDE + 2; i++)
		for (j = 0; j < SIDE + 2; j++)
			a[i][j] =
				((i + first) * 7 + j * 13 + (int)check.round) %
				100;
}

static void sweep(double (*to)[SIDE + 2], double (*from)[SIDE + 2], int rows)
{
	int i, j;

	for (i = 1; i <= rows; i++)
		for (j = 1; j <= SIDE; j++)
			to[i][j] = 0.25 * (from[i - 1][j] + from[i + 1][j] +
					   from[i][j - 1] + from[i][j + 1]);
}

static void halo(double (*a)[SIDE + 2], int rows, int up, int down)
{
	MPI_Request r[4];

	MPI_Irecv(a[0], SIDE + 2, MPI_DOUBLE, up, 1, MPI_COMM_WORLD, &r[0]);
	MPI_Irecv(a[rows + 1], SIDE + 2, MPI_DOUBLE, down, 2, MPI_COMM_WORLD,
		  &r[1]);
	MPI_Isend(a[rows], SIDE + 2, MPI_DOUBLE, down, 1, MPI_COMM_WORLD,
		  &r[2]);
	MPI_Isend(a[1], SIDE + 2, MPI_DOUBLE, up, 2, MPI_COMM_WORLD, &r[3]);
	MPI_Waitall(4, r, MPI_STATUSES_IGNORE);
}

/* The borders never change, so both copies of a grid begin alike. */
static void round_of(int rows, int first, int up, int down)
{
	int n;

	start(whole[0], 0);
	start(whole[1], 0);
	start(strip[0], first);
	start(strip[1], first);
	for (n = 0; n < STEPS; n++) {
		halo(strip[n % 2], rows, up, down);
		sweep(strip[(n + 1) % 2], strip[n % 2], rows);
		sweep(whole[(n + 1) % 2], whole[n % 2], SIDE);
	}
	for (n = 1; n <= rows; n++)
		CHECK_EQ(memcmp(strip[STEPS % 2][n],
				whole[STEPS % 2][n + first],
				sizeof(whole[0][0])),
			 0);
}

int main(int argc, char **argv)
{
	int rows, up, down;

	check_start(argc, argv);
	CHECK_EQ(SIDE % check.size, 0);
	rows = SIDE / check.size;
	up = check.rank ? check.rank - 1 : MPI_PROC_NULL;
	down = check.rank < check.size - 1 ? check.rank + 1 : MPI_PROC_NULL;
	while (check_more())
		round_of(rows, check.rank * rows, up, down);
	return check_pass();
}
