/* SPDX-License-Identifier: MIT */
/* freed_held.c - as freed_early, while requests still hold the communicator
 *
 * Inactive persistent requests of most ranks keep a freed communicator; the
 * last rank has yet to receive on it, or to come out of the call that made it.
 */
/* test: ranks=3 */
#include <mpi.h>
#include "check.h"

int main(int argc, char **argv)
{
	MPI_Request r;
	MPI_Comm c;
	int v, got;

	check_start(argc, argv);
	do {
		MPI_Comm_dup(MPI_COMM_WORLD, &c);
		v = check.rank ? -1 : (int)check.round;
		if (check.rank < check.size - 1)
			MPI_Send_init(&got, 1, MPI_INT, 0, 1, c, &r);
		else
			check_sleep(0.1);
		MPI_Bcast(&v, 1, MPI_INT, 0, c);
		CHECK_EQ(v, check.round);
		MPI_Comm_free(&c);
		if (check.rank < check.size - 1) {
			check_sleep(0.3);
			MPI_Request_free(&r);
		}
	} while (check_more());
	return check_pass();
}
