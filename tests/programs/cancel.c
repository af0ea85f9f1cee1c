/* SPDX-License-Identifier: MIT */
/* cancel.c - receives that never match are cancelled; sends are freed early */
/* test: ranks=2,4 mpi=mpich,openmpi */
#include <mpi.h>
#include "check.h"

static void cancel_receive(int pause)
{
	int data[4] = { 1, 2, 3, 4 }, flag;
	MPI_Request r;
	MPI_Status st;

	MPI_Irecv(data, 4, MPI_INT, MPI_ANY_SOURCE, 4242, MPI_COMM_WORLD, &r);
	if (pause)
		check_sleep(0.3);
	MPI_Test(&r, &flag, &st);
	CHECK(!flag);
	MPI_Cancel(&r);
	MPI_Wait(&r, &st);
	MPI_Test_cancelled(&st, &flag);
	CHECK(flag);
	CHECK(r == MPI_REQUEST_NULL);
	CHECK_EQ(data[0] + data[3], 5);
}

/* The receiver's answer shows that the freed send completed. */
static void free_send(int peer)
{
	static int data[1000], got[1000];
	MPI_Request r;
	int i;

	for (i = 0; i < 1000; i++)
		data[i] = (int)check.round + i;
	MPI_Isend(data, 1000, MPI_INT, peer, 1, MPI_COMM_WORLD, &r);
	MPI_Request_free(&r);
	CHECK(r == MPI_REQUEST_NULL);
	MPI_Recv(got, 1000, MPI_INT, peer, 1, MPI_COMM_WORLD,
		 MPI_STATUS_IGNORE);
	for (i = 0; i < 1000; i++)
		CHECK_EQ(got[i], (int)check.round + i);
	MPI_Sendrecv(NULL, 0, MPI_INT, peer, 2, NULL, 0, MPI_INT, peer, 2,
		     MPI_COMM_WORLD, MPI_STATUS_IGNORE);
}

int main(int argc, char **argv)
{
	check_start(argc, argv);
	while (check_more()) {
		cancel_receive(check.round % 4 == 0);
		free_send(check.rank ^ 1);
	}
	return check_pass();
}
