/* SPDX-License-Identifier: MIT */
/* finalized.c - a process lives on for a while after MPI_Finalize */
/* test: ranks=2,4 */
#include <mpi.h>
#include "check.h"

int main(int argc, char **argv)
{
	unsigned char data[5000];
	int flag;

	check_start(argc, argv);
	check_fill(data, sizeof(data), (unsigned long)check.rank);
	MPI_Barrier(MPI_COMM_WORLD);
	MPI_Finalize();
	while (check_time_left())
		check_sleep(0.05);
	MPI_Finalized(&flag);
	CHECK_EQ(flag, 1);
	check_same(data, sizeof(data), (unsigned long)check.rank);
	if (check.rank == 0)
		puts("PASSED");
	fflush(stdout);
	return 0;
}
