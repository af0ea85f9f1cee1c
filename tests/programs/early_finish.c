/* SPDX-License-Identifier: MIT */
/* early_finish.c - the last rank is in MPI_Finalize while others still work */
/* test: ranks=2,4 */
#include <mpi.h>
#include "check.h"

static void ring(int members)
{
	int to = (check.rank + 1) % members, got;
	int from = (check.rank + members - 1) % members;
	int more = 1;

	while (more) {
		more = check.rank == 0 ? check_time_left() : 1;
		check_sleep(0.002);
		if (check.rank == 0)
			MPI_Send(&more, 1, MPI_INT, to, 1, MPI_COMM_WORLD);
		MPI_Recv(&got, 1, MPI_INT, from, 1, MPI_COMM_WORLD,
			 MPI_STATUS_IGNORE);
		if (check.rank == 0)
			CHECK_EQ(got, more);
		else
			MPI_Send(&got, 1, MPI_INT, to, 1, MPI_COMM_WORLD);
		more = check.rank == 0 ? more : got;
	}
}

int main(int argc, char **argv)
{
	int flag;

	check_start(argc, argv);
	MPI_Barrier(MPI_COMM_WORLD);
	if (check.rank < check.size - 1)
		ring(check.size - 1);
	if (check.rank == 0)
		puts("PASSED");
	fflush(stdout);
	MPI_Finalize();
	MPI_Finalized(&flag);
	CHECK(flag);
	return 0;
}
