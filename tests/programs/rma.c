/* SPDX-License-Identifier: MIT */
/* rma.c - a window: fence, put, get, accumulate, lock */
/* test: ranks=2,4 ckpt=may */
#include <mpi.h>
#include "check.h"

static void lock_epoch(MPI_Win win, const long *counter)
{
	long one = 1, old;

	MPI_Win_lock(MPI_LOCK_EXCLUSIVE, 0, 0, win);
	MPI_Fetch_and_op(&one, &old, MPI_LONG, 0, 2, MPI_SUM, win);
	MPI_Win_unlock(0, win);
	MPI_Barrier(MPI_COMM_WORLD);
	if (check.rank == 0) {
		MPI_Win_lock(MPI_LOCK_SHARED, 0, 0, win);
		CHECK_EQ(*counter, check.round * check.size);
		MPI_Win_unlock(0, win);
	}
	MPI_Barrier(MPI_COMM_WORLD);
}

int main(int argc, char **argv)
{
	static long base[3];
	long mine, got;
	int to, from;
	MPI_Win win;

	check_start(argc, argv);
	to = (check.rank + 1) % check.size;
	from = (check.rank + check.size - 1) % check.size;
	MPI_Win_create(base, sizeof(base), sizeof(long), MPI_INFO_NULL,
		       MPI_COMM_WORLD, &win);
	MPI_Win_fence(0, win);
	while (check_more()) {
		base[1] = 0;
		mine = check.rank + check.round;
		MPI_Win_fence(0, win);
		MPI_Put(&mine, 1, MPI_LONG, to, 0, 1, MPI_LONG, win);
		MPI_Accumulate(&mine, 1, MPI_LONG, 0, 1, 1, MPI_LONG, MPI_SUM,
			       win);
		MPI_Win_fence(0, win);
		CHECK_EQ(base[0], from + check.round);
		if (check.rank == 0)
			CHECK_EQ(base[1],
				 check.size * check.round +
					 check.size * (check.size - 1) / 2);
		MPI_Get(&got, 1, MPI_LONG, to, 0, 1, MPI_LONG, win);
		MPI_Win_fence(0, win);
		CHECK_EQ(got, mine);
		lock_epoch(win, &base[2]);
	}
	MPI_Win_free(&win);
	return check_pass();
}
