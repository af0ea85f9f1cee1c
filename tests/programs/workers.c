/* SPDX-License-Identifier: MIT */
/* workers.c - rank 0 hands out work to whoever asks (ANY_SOURCE, ANY_TAG) */
/* test: ranks=2,4 */
#include <mpi.h>
#include "check.h"

enum { ASK, ANSWER, WORK, STOP };

static long square_sum(long n)
{
	long i, sum = 0;

	for (i = 0; i < n % 5000; i++)
		sum += i * i;
	return sum;
}

static void master(void)
{
	long job[2] = { 0, 0 }, answered = 0;
	int stopped = 0, tag;
	MPI_Status st;

	while (stopped < check.size - 1) {
		MPI_Recv(job, 2, MPI_LONG, MPI_ANY_SOURCE, MPI_ANY_TAG,
			 MPI_COMM_WORLD, &st);
		if (st.MPI_TAG == ANSWER) {
			CHECK_EQ(job[1], square_sum(job[0]));
			answered++;
			continue;
		}
		CHECK_EQ(st.MPI_TAG, ASK);
		tag = check_time_left() ? WORK : STOP;
		stopped += tag == STOP;
		check.round += tag == WORK;
		MPI_Send(&check.round, 1, MPI_LONG, st.MPI_SOURCE, tag,
			 MPI_COMM_WORLD);
	}
	CHECK_EQ(answered, check.round);
}

static void worker(void)
{
	long job[2] = { 0, 0 };
	MPI_Status st;

	for (;;) {
		MPI_Send(job, 2, MPI_LONG, 0, ASK, MPI_COMM_WORLD);
		MPI_Recv(job, 1, MPI_LONG, 0, MPI_ANY_TAG, MPI_COMM_WORLD, &st);
		if (st.MPI_TAG == STOP)
			return;
		job[1] = square_sum(job[0]);
		MPI_Send(job, 2, MPI_LONG, 0, ANSWER, MPI_COMM_WORLD);
	}
}

int main(int argc, char **argv)
{
	check_start(argc, argv);
	if (check.rank == 0)
		master();
	else
		worker();
	return check_pass();
}
