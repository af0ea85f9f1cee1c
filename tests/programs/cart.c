/* SPDX-License-Identifier: MIT */
/* cart.c - Cartesian grids: coordinates, shifts, halo exchange, sub-grids */
/* test: ranks=2,4 */
#include <mpi.h>
#include "check.h"

static int dims[2], periods[2] = { 1, 0 };

static void queries(MPI_Comm c)
{
	int d[2], p[2], at[2], rank, n, kind;

	MPI_Topo_test(c, &kind);
	CHECK_EQ(kind, MPI_CART);
	MPI_Cartdim_get(c, &n);
	CHECK_EQ(n, 2);
	MPI_Cart_get(c, 2, d, p, at);
	CHECK_EQ(d[0] * d[1], check.size);
	CHECK(p[0] == 1 && p[1] == 0);
	MPI_Cart_rank(c, at, &rank);
	CHECK_EQ(rank, at[0] * dims[1] + at[1]);
	at[0] += 2 * dims[0];
	MPI_Cart_rank(c, at, &n);
	CHECK_EQ(n, rank);
	MPI_Cart_coords(c, 0, 2, at);
	CHECK(at[0] == 0 && at[1] == 0);
}

/* Send my rank up the given direction; what arrives is my neighbour's. */
static void halo(MPI_Comm c, int direction)
{
	int from, to, got = -1, me;

	MPI_Comm_rank(c, &me);
	MPI_Cart_shift(c, direction, 1, &from, &to);
	MPI_Sendrecv(&me, 1, MPI_INT, to, direction, &got, 1, MPI_INT, from,
		     direction, c, MPI_STATUS_IGNORE);
	CHECK_EQ(got, from == MPI_PROC_NULL ? -1 : from);
	CHECK(direction == 1 || from != MPI_PROC_NULL);
}

static void rows(MPI_Comm row)
{
	int n, me, sum, kind;

	MPI_Comm_size(row, &n);
	MPI_Comm_rank(row, &me);
	CHECK_EQ(n, dims[1]);
	MPI_Topo_test(row, &kind);
	CHECK_EQ(kind, MPI_CART);
	MPI_Allreduce(&me, &sum, 1, MPI_INT, MPI_SUM, row);
	CHECK_EQ(sum, n * (n - 1) / 2);
}

int main(int argc, char **argv)
{
	int keep[2] = { 0, 1 };
	MPI_Comm grid, row;

	check_start(argc, argv);
	MPI_Dims_create(check.size, 2, dims);
	MPI_Cart_create(MPI_COMM_WORLD, 2, dims, periods, 0, &grid);
	MPI_Cart_sub(grid, keep, &row);
	while (check_more()) {
		queries(grid);
		halo(grid, 0);
		halo(grid, 1);
		rows(row);
	}
	MPI_Comm_free(&row);
	MPI_Comm_free(&grid);
	return check_pass();
}
