/* SPDX-License-Identifier: MIT */
/* type_darray.c - a block-cyclic matrix travels through darray types */
/* test: ranks=2,4 */
#include <mpi.h>
#include "check.h"

enum { SIDE = 12, BLOCK = 2 };

/* Rank 0 sends each rank its part of the matrix; each knows its places. */
static void scatter(MPI_Datatype *types)
{
	int full[SIDE][SIDE], mine[SIDE * SIDE], i, j, r, n = 0, count;
	MPI_Request req[64];
	MPI_Status st;

	for (i = 0; i < SIDE * SIDE; i++)
		full[i / SIDE][i % SIDE] = i + (int)check.round;
	for (r = 0; r < check.size && check.rank == 0; r++)
		MPI_Isend(full, 1, types[r], r, 0, MPI_COMM_WORLD, &req[r]);
	MPI_Recv(mine, SIDE * SIDE, MPI_INT, 0, 0, MPI_COMM_WORLD, &st);
	for (i = 0; i < SIDE; i++)
		for (j = 0; j < SIDE; j++)
			if (j / BLOCK % check.size == check.rank)
				CHECK_EQ(mine[n++],
					 i * SIDE + j + (int)check.round);
	MPI_Get_count(&st, MPI_INT, &count);
	CHECK_EQ(count, n);
	if (check.rank == 0)
		MPI_Waitall(check.size, req, MPI_STATUSES_IGNORE);
}

int main(int argc, char **argv)
{
	int sizes[2] = { SIDE, SIDE }, grid[2] = { 1, 1 }, r;
	int how[2] = { MPI_DISTRIBUTE_NONE, MPI_DISTRIBUTE_CYCLIC };
	int args[2] = { MPI_DISTRIBUTE_DFLT_DARG, BLOCK };
	MPI_Datatype types[64];

	check_start(argc, argv);
	CHECK(check.size <= 64);
	grid[1] = check.size;
	for (r = 0; r < check.size; r++) {
		MPI_Type_create_darray(check.size, r, 2, sizes, how, args, grid,
				       MPI_ORDER_C, MPI_INT, &types[r]);
		MPI_Type_commit(&types[r]);
	}
	while (check_more())
		scatter(types);
	for (r = 0; r < check.size; r++)
		MPI_Type_free(&types[r]);
	return check_pass();
}
