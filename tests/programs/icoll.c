/* SPDX-License-Identifier: MIT */
/* icoll.c - nonblocking collectives, several at once, completed late */
/* test: ranks=2,4 ckpt=may */
#include <mpi.h>
#include "check.h"

enum { MOST = 64 };

int main(int argc, char **argv)
{
	int value, sum, all[MOST], one, i, flag;
	MPI_Request r[4];

	check_start(argc, argv);
	CHECK(check.size <= MOST);
	while (check_more()) {
		value = check.rank + (int)check.round;
		one = value;
		MPI_Iallreduce(&value, &sum, 1, MPI_INT, MPI_SUM,
			       MPI_COMM_WORLD, &r[0]);
		MPI_Iallgather(&value, 1, MPI_INT, all, 1, MPI_INT,
			       MPI_COMM_WORLD, &r[1]);
		MPI_Ibcast(&one, 1, MPI_INT, 0, MPI_COMM_WORLD, &r[2]);
		MPI_Ibarrier(MPI_COMM_WORLD, &r[3]);
		check_sleep(0.02);
		MPI_Waitall(3, r, MPI_STATUSES_IGNORE);
		for (flag = 0; !flag;)
			MPI_Test(&r[3], &flag, MPI_STATUS_IGNORE);
		CHECK_EQ(one, check.round);
		CHECK_EQ(sum, check.size * (check.size - 1) / 2 +
				      check.size * (int)check.round);
		for (i = 0; i < check.size; i++)
			CHECK_EQ(all[i], i + (int)check.round);
	}
	return check_pass();
}
