/* SPDX-License-Identifier: MIT */
/* intercomm.c - two halves talk over an intercommunicator and merge */
/* test: ranks=2,4 ckpt=may */
#include <mpi.h>
#include "check.h"

static void queries(MPI_Comm inter, int there)
{
	MPI_Group g;
	int flag, n;

	MPI_Comm_test_inter(inter, &flag);
	CHECK(flag);
	MPI_Comm_remote_size(inter, &n);
	CHECK_EQ(n, there);
	MPI_Comm_remote_group(inter, &g);
	MPI_Group_size(g, &n);
	CHECK_EQ(n, there);
	MPI_Group_free(&g);
}

static void talk(MPI_Comm inter, int high, int here, int there)
{
	int rank, out, got, sum, i, want = 0;

	MPI_Comm_rank(inter, &rank);
	out = check.rank;
	if (rank < there && rank < here) {
		MPI_Sendrecv(&out, 1, MPI_INT, rank, 1, &got, 1, MPI_INT, rank,
			     1, inter, MPI_STATUS_IGNORE);
		CHECK_EQ(got, high ? rank : rank + here);
	}
	MPI_Allreduce(&out, &sum, 1, MPI_INT, MPI_SUM, inter);
	for (i = 0; i < there; i++)
		want += high ? i : here + i;
	CHECK_EQ(sum, want);
}

int main(int argc, char **argv)
{
	int high, half, here, there, n;
	MPI_Comm mine, inter, merged;

	check_start(argc, argv);
	half = check.size / 2;
	high = check.rank >= half;
	here = high ? check.size - half : half;
	there = check.size - here;
	MPI_Comm_split(MPI_COMM_WORLD, high, 0, &mine);
	MPI_Intercomm_create(mine, 0, MPI_COMM_WORLD, high ? 0 : half, 9,
			     &inter);
	while (check_more()) {
		queries(inter, there);
		talk(inter, high, here, there);
		MPI_Intercomm_merge(inter, high, &merged);
		MPI_Comm_rank(merged, &n);
		CHECK_EQ(n, check.rank);
		MPI_Comm_free(&merged);
	}
	MPI_Comm_free(&inter);
	MPI_Comm_free(&mine);
	return check_pass();
}
