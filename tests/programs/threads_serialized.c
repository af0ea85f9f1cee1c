/* SPDX-License-Identifier: MIT */
/* threads_serialized.c - threads take turns at MPI under one mutex */
/* test: ranks=2,4 threads=4 */
#include <mpi.h>
#include <pthread.h>
#include "check.h"

enum { THREADS = 4 };
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

static void exchange(int tag)
{
	int to = (check.rank + 1) % check.size, out = check.rank * 10 + tag;
	int from = (check.rank + check.size - 1) % check.size, got = -1;
	int flag = 0;
	MPI_Request r[2];

	pthread_mutex_lock(&turn);
	MPI_Irecv(&got, 1, MPI_INT, from, tag, MPI_COMM_WORLD, &r[0]);
	MPI_Isend(&out, 1, MPI_INT, to, tag, MPI_COMM_WORLD, &r[1]);
	pthread_mutex_unlock(&turn);
	while (!flag) {
		pthread_mutex_lock(&turn);
		MPI_Testall(2, r, &flag, MPI_STATUSES_IGNORE);
		pthread_mutex_unlock(&turn);
		if (!flag)
			usleep(100);
	}
	CHECK_EQ(got, from * 10 + tag);
}

static void *work(void *arg)
{
	int i;

	for (i = 0; i < 20; i++)
		exchange((int)(size_t)arg);
	return arg;
}

int main(int argc, char **argv)
{
	pthread_t t[THREADS];
	void *result;
	size_t i;
	int go_on;

	check_start_thread(argc, argv, MPI_THREAD_SERIALIZED);
	for (go_on = 1; go_on; go_on = check_more()) {
		for (i = 0; i < THREADS; i++)
			CHECK_EQ(pthread_create(&t[i], NULL, work, (void *)i),
				 0);
		for (i = 0; i < THREADS; i++) {
			CHECK_EQ(pthread_join(t[i], &result), 0);
			CHECK((size_t)result == i);
		}
	}
	return check_pass();
}
