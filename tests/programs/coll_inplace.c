/* SPDX-License-Identifier: MIT */
/* coll_inplace.c - MPI_IN_PLACE wherever it is allowed */
/* test: ranks=2,4 */
#include <mpi.h>
#include "check.h"

enum { MOST = 16 };
static int buf[MOST], ones[MOST], at[MOST];
static const MPI_Comm w = MPI_COMM_WORLD;

static void fill(int mine)
{
	int r;

	for (r = 0; r < check.size; r++)
		buf[r] = mine && r != check.rank ? -1 : check.rank * 100 + r;
}

static void rooted(int root)
{
	int me = check.rank, r, is = me == root, one = me * 101;

	fill(1);
	MPI_Gather(is ? MPI_IN_PLACE : &one, 1, MPI_INT, buf, 1, MPI_INT, root,
		   w);
	for (r = 0; r < check.size && is; r++)
		CHECK_EQ(buf[r], r * 101);
	MPI_Scatter(buf, 1, MPI_INT, is ? MPI_IN_PLACE : (void *)&one, 1,
		    MPI_INT, root, w);
	CHECK_EQ(one, me * 101);
	MPI_Gatherv(is ? MPI_IN_PLACE : &one, 1, MPI_INT, buf, ones, at,
		    MPI_INT, root, w);
	MPI_Scatterv(buf, ones, at, MPI_INT, is ? MPI_IN_PLACE : (void *)&one,
		     1, MPI_INT, root, w);
	CHECK_EQ(one, me * 101);
	MPI_Reduce(is ? MPI_IN_PLACE : &one, &one, 1, MPI_INT, MPI_SUM, root,
		   w);
	if (is)
		CHECK_EQ(one, 101 * check.size * (check.size - 1) / 2);
}

static void gathered(void)
{
	int r;

	fill(1);
	MPI_Allgather(MPI_IN_PLACE, 0, MPI_INT, buf, 1, MPI_INT, w);
	for (r = 0; r < check.size; r++)
		CHECK_EQ(buf[r], r * 101);
	fill(1);
	MPI_Allgatherv(MPI_IN_PLACE, 0, MPI_INT, buf, ones, at, MPI_INT, w);
	for (r = 0; r < check.size; r++)
		CHECK_EQ(buf[r], r * 101);
}

static void transposed(void)
{
	int r;

	fill(0);
	MPI_Alltoall(MPI_IN_PLACE, 0, MPI_INT, buf, 1, MPI_INT, w);
	for (r = 0; r < check.size; r++)
		CHECK_EQ(buf[r], r * 100 + check.rank);
	fill(0);
	MPI_Alltoallv(MPI_IN_PLACE, NULL, NULL, MPI_INT, buf, ones, at, MPI_INT,
		      w);
	for (r = 0; r < check.size; r++)
		CHECK_EQ(buf[r], r * 100 + check.rank);
}

static void reduced(void)
{
	int n = check.size, me = check.rank, one = me + 1;

	MPI_Allreduce(MPI_IN_PLACE, &one, 1, MPI_INT, MPI_SUM, w);
	CHECK_EQ(one, n * (n + 1) / 2);
	one = me + 1;
	MPI_Scan(MPI_IN_PLACE, &one, 1, MPI_INT, MPI_SUM, w);
	CHECK_EQ(one, (me + 1) * (me + 2) / 2);
	one = me + 1;
	MPI_Exscan(MPI_IN_PLACE, &one, 1, MPI_INT, MPI_SUM, w);
	if (me > 0)
		CHECK_EQ(one, me * (me + 1) / 2);
	fill(0);
	MPI_Reduce_scatter_block(MPI_IN_PLACE, buf, 1, MPI_INT, MPI_SUM, w);
	CHECK_EQ(buf[0], 100 * n * (n - 1) / 2 + n * me);
	fill(0);
	MPI_Reduce_scatter(MPI_IN_PLACE, buf, ones, MPI_INT, MPI_SUM, w);
	CHECK_EQ(buf[0], 100 * n * (n - 1) / 2 + n * me);
}

int main(int argc, char **argv)
{
	int r;

	check_start(argc, argv);
	CHECK(check.size <= MOST);
	for (r = 0; r < check.size; r++) {
		ones[r] = 1;
		at[r] = r;
	}
	while (check_more()) {
		rooted((int)(check.round % check.size));
		gathered();
		transposed();
		reduced();
	}
	return check_pass();
}
