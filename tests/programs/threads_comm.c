/* SPDX-License-Identifier: MIT */
/* threads_comm.c - MPI_THREAD_MULTIPLE: each thread has a communicator */
/* test: ranks=2,4 threads=3 */
#include <mpi.h>
#include <pthread.h>
#include "check.h"

enum { THREADS = 3 };
static MPI_Comm comms[THREADS];

static void *work(void *arg)
{
	MPI_Comm c = comms[(size_t)arg];
	int me = check.rank, n = check.size, sum, more = 1;
	long uses = 0;
	double end = check_clock() + check.limit;

	while (more) {
		sum = me + (int)uses;
		MPI_Allreduce(MPI_IN_PLACE, &sum, 1, MPI_INT, MPI_SUM, c);
		CHECK_EQ(sum, n * (n - 1) / 2 + n * (int)uses);
		MPI_Sendrecv_replace(&sum, 1, MPI_INT, (me + 1) % n, 1,
				     (me + n - 1) % n, 1, c, MPI_STATUS_IGNORE);
		CHECK_EQ(sum, n * (n - 1) / 2 + n * (int)uses);
		uses++;
		more = check_clock() < end;
		MPI_Bcast(&more, 1, MPI_INT, 0, c);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t t[THREADS];
	size_t i;

	check_start_thread(argc, argv, MPI_THREAD_MULTIPLE);
	check_threads_send();
	for (i = 0; i < THREADS; i++)
		MPI_Comm_dup(MPI_COMM_WORLD, &comms[i]);
	for (i = 1; i < THREADS; i++)
		CHECK_EQ(pthread_create(&t[i], NULL, work, (void *)i), 0);
	work(NULL);
	for (i = 1; i < THREADS; i++)
		CHECK_EQ(pthread_join(t[i], NULL), 0);
	for (i = 0; i < THREADS; i++)
		MPI_Comm_free(&comms[i]);
	return check_pass();
}
