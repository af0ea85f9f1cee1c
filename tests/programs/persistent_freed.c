/* SPDX-License-Identifier: MIT */
/* persistent_freed.c - persistent requests outlive their communicator's handle
 */
/* test: ranks=2 */
#include <mpi.h>
#include "check.h"

int main(int argc, char **argv)
{
	int other, v, got = -1;
	MPI_Request r[2];
	MPI_Comm c;

	check_start(argc, argv);
	other = 1 - check.rank;
	do {
		MPI_Comm_dup(MPI_COMM_WORLD, &c);
		MPI_Send_init(&v, 1, MPI_INT, other, 1, c, &r[0]);
		MPI_Recv_init(&got, 1, MPI_INT, other, 1, c, &r[1]);
		v = (int)check.round + check.rank;
		MPI_Startall(2, r);
		MPI_Waitall(2, r, MPI_STATUSES_IGNORE);
		CHECK_EQ(got, check.round + other);
		MPI_Comm_free(&c);
		check_sleep(0.1);
		MPI_Request_free(&r[1]);
		check_sleep(0.1);
		MPI_Request_free(&r[0]);
	} while (check_more());
	return check_pass();
}
