/* SPDX-License-Identifier: MIT */
/* coll_basic.c - each blocking collective with equal counts, every root */
/* test: ranks=2,4 */
#include <mpi.h>
#include "check.h"

enum { LEN = 200, MOST = 64 };
static int in[MOST * LEN], out[MOST * LEN];
static const MPI_Comm w = MPI_COMM_WORLD;

static int value(int rank, int i)
{
	return rank * 1000 + i + (int)check.round;
}

static void fill(int blocks)
{
	int i;

	for (i = 0; i < blocks * LEN; i++)
		out[i] = value(check.rank, i);
	memset(in, 0xff, sizeof(in));
}

static int sum(int i, int ranks)
{
	int r, total = 0;

	for (r = 0; r < ranks; r++)
		total += value(r, i);
	return total;
}

static void one_to_all(int root)
{
	int i;

	fill(check.size);
	MPI_Scatter(out, LEN, MPI_INT, in, LEN, MPI_INT, root, w);
	for (i = 0; i < LEN; i++)
		CHECK_EQ(in[i], value(root, check.rank * LEN + i));
	MPI_Bcast(out, LEN, MPI_INT, root, w);
	for (i = 0; i < LEN; i++)
		CHECK_EQ(out[i], value(root, i));
}

static void all_to_one(int root)
{
	int r, i;

	fill(1);
	MPI_Gather(out, LEN, MPI_INT, in, LEN, MPI_INT, root, w);
	for (r = 0; r < check.size; r++)
		for (i = 0; i < LEN; i++)
			CHECK_EQ(in[r * LEN + i],
				 check.rank == root ? value(r, i) : -1);
	MPI_Reduce(out, in, LEN, MPI_INT, MPI_SUM, root, w);
	for (i = 0; i < LEN && check.rank == root; i++)
		CHECK_EQ(in[i], sum(i, check.size));
}

static void all_to_all(void)
{
	int r, i, me = check.rank;

	fill(check.size);
	MPI_Alltoall(out, LEN, MPI_INT, in, LEN, MPI_INT, w);
	for (r = 0; r < check.size; r++)
		for (i = 0; i < LEN; i++)
			CHECK_EQ(in[r * LEN + i], value(r, me * LEN + i));
	MPI_Allgather(out, LEN, MPI_INT, in, LEN, MPI_INT, w);
	for (r = 0; r < check.size; r++)
		for (i = 0; i < LEN; i++)
			CHECK_EQ(in[r * LEN + i], value(r, i));
}

static void reductions(void)
{
	int i, max, counts[MOST];

	fill(check.size);
	MPI_Allreduce(out, in, LEN, MPI_INT, MPI_SUM, w);
	for (i = 0; i < LEN; i++)
		CHECK_EQ(in[i], sum(i, check.size));
	MPI_Reduce_scatter_block(out, in, LEN, MPI_INT, MPI_SUM, w);
	for (i = 0; i < LEN; i++)
		CHECK_EQ(in[i], sum(check.rank * LEN + i, check.size));
	for (i = 0; i < check.size; i++)
		counts[i] = LEN;
	MPI_Reduce_scatter(out, in, counts, MPI_INT, MPI_SUM, w);
	for (i = 0; i < LEN; i++)
		CHECK_EQ(in[i], sum(check.rank * LEN + i, check.size));
	MPI_Allreduce(&check.rank, &max, 1, MPI_INT, MPI_MAX, w);
	CHECK_EQ(max, check.size - 1);
}

static void scans(void)
{
	int i;

	fill(1);
	MPI_Scan(out, in, LEN, MPI_INT, MPI_SUM, w);
	for (i = 0; i < LEN; i++)
		CHECK_EQ(in[i], sum(i, check.rank + 1));
	MPI_Exscan(out, in, LEN, MPI_INT, MPI_SUM, w);
	for (i = 0; i < LEN && check.rank > 0; i++)
		CHECK_EQ(in[i], sum(i, check.rank));
	memcpy(in, out, sizeof(in));
	MPI_Reduce_local(out, in, LEN, MPI_INT, MPI_SUM);
	for (i = 0; i < LEN; i++)
		CHECK_EQ(in[i], 2 * out[i]);
}

int main(int argc, char **argv)
{
	int root;

	check_start(argc, argv);
	CHECK(check.size <= MOST);
	while (check_more()) {
		root = (int)(check.round % check.size);
		MPI_Barrier(w);
		one_to_all(root);
		all_to_one(root);
		all_to_all();
		reductions();
		scans();
	}
	return check_pass();
}
