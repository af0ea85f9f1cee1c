/* SPDX-License-Identifier: MIT */
/*
 * meanwhile.c - collectives without end until a parked rank's message comes
 *
 * R is inside a barrier with A. A comes to it after a message from Q; until
 * then it does one collective after the other with B. Q sends only after a
 * collective with S. Whoever stops Q before that one must let it go on, though
 * A and B never come to rest.
 */
/* test: ranks=5 mpich=5 */
#include <mpi.h>
#include "check.h"

enum { A, B, Q, S, R };

static MPI_Comm comm; /* of two: A and B, Q and S, R alone */
static MPI_Comm late; /* A and R */

static void wait_busily(void)
{
	int here = 0, any = 0, sum;

	while (!any) {
		if (check.rank == A)
			MPI_Iprobe(Q, 1, MPI_COMM_WORLD, &here,
				   MPI_STATUS_IGNORE);
		MPI_Allreduce(&here, &any, 1, MPI_INT, MPI_MAX, comm);
	}
	if (check.rank == A)
		MPI_Recv(&sum, 1, MPI_INT, Q, 1, MPI_COMM_WORLD,
			 MPI_STATUS_IGNORE);
}

static void send_late(void)
{
	int one = 1, sum;

	check_sleep(0.05);
	MPI_Allreduce(&one, &sum, 1, MPI_INT, MPI_SUM, comm);
	CHECK_EQ(sum, 2);
	if (check.rank == Q)
		MPI_Send(&sum, 1, MPI_INT, A, 1, MPI_COMM_WORLD);
}

int main(int argc, char **argv)
{
	check_start(argc, argv);
	MPI_Comm_split(MPI_COMM_WORLD, check.rank / 2, 0, &comm);
	MPI_Comm_split(MPI_COMM_WORLD,
		       check.rank == A || check.rank == R ? 0 : MPI_UNDEFINED,
		       0, &late);
	while (check_more()) {
		if (check.rank < Q)
			wait_busily();
		else if (check.rank < R)
			send_late();
		if (late != MPI_COMM_NULL)
			MPI_Barrier(late);
	}
	if (late != MPI_COMM_NULL)
		MPI_Comm_free(&late);
	MPI_Comm_free(&comm);
	return check_pass();
}
