/* SPDX-License-Identifier: MIT */
/* coll_vector.c - Gatherv Scatterv Allgatherv Alltoallv Alltoallw */
/* test: ranks=2,4 */
#include <mpi.h>
#include "check.h"

enum { MOST = 16, ROOM = 4096 };
static int in[ROOM], out[ROOM];
static int counts[MOST], at[MOST], out_counts[MOST], out_at[MOST];

/* What rank @r has, sends or gets at place @i on its way to rank @to. */
static int value(int r, int to, int i)
{
	return r * 10000 + to * 100 + i + (int)check.round;
}

/* Rank r's part is r+1 long, and there is a hole after each part. */
static void layout(void)
{
	int r, where = 0;

	for (r = 0; r < check.size; r++) {
		counts[r] = r + 1;
		at[r] = where;
		where += r + 3;
	}
	memset(in, 0xff, sizeof(in));
}

static void expect(int parts, int to)
{
	int r, i;

	for (r = 0; r < parts; r++) {
		for (i = 0; i < counts[r]; i++)
			CHECK_EQ(in[at[r] + i], value(r, to, i));
		CHECK_EQ(in[at[r] + counts[r]], -1);
	}
}

static void gathers(int root)
{
	int i;

	layout();
	for (i = 0; i <= check.rank; i++)
		out[i] = value(check.rank, 0, i);
	MPI_Gatherv(out, check.rank + 1, MPI_INT, in, counts, at, MPI_INT, root,
		    MPI_COMM_WORLD);
	expect(check.rank == root ? check.size : 0, 0);
	layout();
	MPI_Allgatherv(out, check.rank + 1, MPI_INT, in, counts, at, MPI_INT,
		       MPI_COMM_WORLD);
	expect(check.size, 0);
}

static void scatterv(int root)
{
	int r, i;

	layout();
	for (r = 0; r < check.size; r++)
		for (i = 0; i < counts[r]; i++)
			out[at[r] + i] = value(root, r, i);
	MPI_Scatterv(out, counts, at, MPI_INT, in, check.rank + 1, MPI_INT,
		     root, MPI_COMM_WORLD);
	for (i = 0; i <= check.rank; i++)
		CHECK_EQ(in[i], value(root, check.rank, i));
	CHECK_EQ(in[check.rank + 1], -1);
}

/* Rank a sends a + 1 numbers to everybody. */
static void alltoall_fill(int unit)
{
	int r, i, where = 0;

	layout();
	for (r = 0; r < check.size; r++) {
		out_counts[r] = check.rank + 1;
		out_at[r] = where * unit;
		for (i = 0; i <= check.rank; i++)
			out[where++] = value(check.rank, r, i);
	}
}

static void alltoallv(void)
{
	alltoall_fill(1);
	MPI_Alltoallv(out, out_counts, out_at, MPI_INT, in, counts, at, MPI_INT,
		      MPI_COMM_WORLD);
	expect(check.size, check.rank);
}

static void alltoallw(void)
{
	MPI_Datatype types[MOST];
	int r, bytes_at[MOST];

	alltoall_fill(sizeof(int));
	for (r = 0; r < check.size; r++) {
		types[r] = MPI_INT;
		bytes_at[r] = at[r] * (int)sizeof(int);
	}
	MPI_Alltoallw(out, out_counts, out_at, types, in, counts, bytes_at,
		      types, MPI_COMM_WORLD);
	expect(check.size, check.rank);
}

int main(int argc, char **argv)
{
	check_start(argc, argv);
	CHECK(check.size <= MOST);
	while (check_more()) {
		gathers((int)(check.round % check.size));
		scatterv((int)(check.round % check.size));
		alltoallv();
		alltoallw();
	}
	return check_pass();
}
