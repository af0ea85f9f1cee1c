/* SPDX-License-Identifier: MIT */
/*
 * parked.c - a message follows one collective and releases another
 *
 * Rank A (1) enters collective C with its partner and only then sends to
 * B (0); B needs that message to enter collective D, in which X (the last
 * rank) has been waiting all along.  Whoever stops A before C because of B
 * must let it go on, or X never leaves D.
 */
/* test: ranks=4 mpich=4 */
#include <mpi.h>
#include "check.h"

enum { TAG = 11 };

static void rank_a(MPI_Comm c, int value)
{
	int sum;

	check_sleep(0.15);
	MPI_Allreduce(&value, &sum, 1, MPI_INT, MPI_SUM, c);
	MPI_Send(&sum, 1, MPI_INT, 0, TAG, MPI_COMM_WORLD);
}

static void rank_b(MPI_Comm d, int expected)
{
	int got, sum;

	MPI_Recv(&got, 1, MPI_INT, 1, TAG, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
	CHECK_EQ(got, expected);
	MPI_Allreduce(&got, &sum, 1, MPI_INT, MPI_SUM, d);
	CHECK_EQ(sum, expected);
}

static void rank_x(MPI_Comm d, int expected)
{
	int none = 0, sum;

	MPI_Allreduce(&none, &sum, 1, MPI_INT, MPI_SUM, d);
	CHECK_EQ(sum, expected);
}

/* C joins A and the middle ranks, D joins B and X. */
int main(int argc, char **argv)
{
	int in_d, value, members, sum, last, i;
	MPI_Comm comm;

	check_start(argc, argv);
	last = check.size - 1;
	in_d = check.rank == 0 || check.rank == last;
	MPI_Comm_split(MPI_COMM_WORLD, in_d, check.rank, &comm);
	members = check.size - 2;
	while (check_more())
		for (i = 0; i < 3; i++) {
			value = (int)check.round + i;
			if (check.rank == 1)
				rank_a(comm, value);
			else if (check.rank == 0)
				rank_b(comm, members * value);
			else if (in_d)
				rank_x(comm, members * value);
			else
				MPI_Allreduce(&value, &sum, 1, MPI_INT, MPI_SUM,
					      comm);
		}
	MPI_Comm_free(&comm);
	return check_pass();
}
