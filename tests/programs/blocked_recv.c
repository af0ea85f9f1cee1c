/* SPDX-License-Identifier: MIT */
/* blocked_recv.c - a blocking receive or probe waits long for its message */
/* test: ranks=2,4 */
#include <mpi.h>
#include "check.h"

static void wait_for(int how, int peer, int *value)
{
	MPI_Comm w = MPI_COMM_WORLD;
	MPI_Message m;
	MPI_Request r;
	MPI_Status st;
	int i;

	switch (how) {
	case 0:
		MPI_Recv(value, 1, MPI_INT, peer, 6, w, &st);
		break;
	case 1:
		MPI_Probe(MPI_ANY_SOURCE, 6, w, &st);
		MPI_Recv(value, 1, MPI_INT, peer, 6, w, &st);
		break;
	case 2:
		MPI_Mprobe(peer, MPI_ANY_TAG, w, &m, &st);
		MPI_Mrecv(value, 1, MPI_INT, &m, &st);
		break;
	case 3:
		MPI_Irecv(value, 1, MPI_INT, MPI_ANY_SOURCE, 6, w, &r);
		MPI_Waitany(1, &r, &i, &st);
		CHECK_EQ(i, 0);
		break;
	}
	CHECK_EQ(st.MPI_SOURCE, peer);
	CHECK_EQ(st.MPI_TAG, 6);
}

int main(int argc, char **argv)
{
	int value, peer;

	check_start(argc, argv);
	peer = check.rank ^ 1;
	while (check_more()) {
		if ((check.rank + check.round) % 2 == 0) {
			check_sleep(0.4);
			value = (int)check.round;
			MPI_Send(&value, 1, MPI_INT, peer, 6, MPI_COMM_WORLD);
		} else {
			wait_for((int)(check.round / 2 % 4), peer, &value);
			CHECK_EQ(value, check.round);
		}
	}
	return check_pass();
}
