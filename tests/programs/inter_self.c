/* SPDX-License-Identifier: MIT */
/* inter_self.c - intercommunicators made on MPI_COMM_SELF
 *
 * The local communicator has one member, but the call waits for the other
 * leader all the same.
 */
/* test: ranks=2 */
#include <mpi.h>
#include "check.h"

#define N 100

int main(int argc, char **argv)
{
	MPI_Comm c[N];
	unsigned seed;
	int v, i;

	check_start(argc, argv);
	seed = (unsigned)check.rank + 1;
	do {
		for (i = 0; i < N; i++) {
			usleep((unsigned)rand_r(&seed) % 3000);
			MPI_Intercomm_create(MPI_COMM_SELF, 0, MPI_COMM_WORLD,
					     1 - check.rank, 33, &c[i]);
		}
		for (i = 0; i < N; i++) {
			v = check.rank + i;
			MPI_Sendrecv_replace(&v, 1, MPI_INT, 0, 1, 0, 1, c[i],
					     MPI_STATUS_IGNORE);
			CHECK_EQ(v, 1 - check.rank + i);
			MPI_Comm_free(&c[i]);
		}
	} while (check_more());
	return check_pass();
}
