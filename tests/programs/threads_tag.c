/* SPDX-License-Identifier: MIT */
/* threads_tag.c - MPI_THREAD_MULTIPLE: threads share one communicator */
/* test: ranks=2,4 threads=3 */
#include <mpi.h>
#include <pthread.h>
#include "check.h"

enum { THREADS = 3, LEN = 5000 };

static void *work(void *arg)
{
	int tag = 1 + (int)(size_t)arg, i, got[LEN], out[LEN], n = check.size;
	int to = (check.rank + 1) % n, from = (check.rank + n - 1) % n;
	MPI_Request r;
	MPI_Status st;

	for (i = 0; i < LEN; i++)
		out[i] = tag * LEN + i + check.rank;
	for (i = 0; i < 50; i++) {
		MPI_Isend(out, LEN, MPI_INT, to, tag, MPI_COMM_WORLD, &r);
		if (i % 10 == 0)
			usleep(2000);
		MPI_Recv(got, LEN, MPI_INT, i % 2 ? MPI_ANY_SOURCE : from, tag,
			 MPI_COMM_WORLD, &st);
		CHECK_EQ(st.MPI_SOURCE, from);
		CHECK_EQ(got[i], tag * LEN + i + from);
		CHECK_EQ(got[LEN - 1], tag * LEN + LEN - 1 + from);
		MPI_Wait(&r, MPI_STATUS_IGNORE);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t t[THREADS];
	size_t i;

	check_start_thread(argc, argv, MPI_THREAD_MULTIPLE);
	check_threads_send();
	while (check_more()) {
		for (i = 0; i < THREADS; i++)
			CHECK_EQ(pthread_create(&t[i], NULL, work, (void *)i),
				 0);
		for (i = 0; i < THREADS; i++)
			CHECK_EQ(pthread_join(t[i], NULL), 0);
	}
	return check_pass();
}
