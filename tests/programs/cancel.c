/* SPDX-License-Identifier: MIT */
/*
 * cancel.c - receives that never match are cancelled, those of a message that
 * was there are not; sends are freed early
 */
/* test: ranks=2,4 */
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

/* Too late: what was probed is what the receive gets. */
static void cancel_late(int peer, int persistent)
{
	int out = (int)check.round, in = -1, flag = 0;
	MPI_Comm w = MPI_COMM_WORLD;
	MPI_Request s, r;
	MPI_Status st;

	MPI_Isend(&out, 1, MPI_INT, peer, 7, w, &s);
	check_sleep(0.3);
	while (!flag)
		MPI_Iprobe(MPI_ANY_SOURCE, 7, w, &flag, MPI_STATUS_IGNORE);
	if (persistent) {
		MPI_Recv_init(&in, 1, MPI_INT, peer, 7, w, &r);
		MPI_Start(&r);
	} else {
		MPI_Irecv(&in, 1, MPI_INT, MPI_ANY_SOURCE, 7, w, &r);
	}
	MPI_Cancel(&r);
	MPI_Wait(&r, &st);
	MPI_Test_cancelled(&st, &flag);
	CHECK(!flag);
	CHECK_EQ(st.MPI_SOURCE, peer);
	CHECK_EQ(in, check.round);
	if (persistent)
		MPI_Request_free(&r);
	MPI_Wait(&s, MPI_STATUS_IGNORE);
}

int main(int argc, char **argv)
{
	check_start(argc, argv);
	while (check_more()) {
		cancel_receive(check.round % 4 == 0);
		if (check.round % 4 == 2)
			cancel_late(check.rank ^ 1, check.round % 8 == 2);
		free_send(check.rank ^ 1);
	}
	return check_pass();
}
