/* SPDX-License-Identifier: MIT */
/* threads_idle.c - helper threads wait in the kernel while MPI goes on */
/* test: ranks=2,4 threads=4 */
#include <mpi.h>
#include <pthread.h>
#include <semaphore.h>
#include "check.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t more_work = PTHREAD_COND_INITIALIZER;
static sem_t done;
static long jobs, sum;
static int stop;

static void *helper(void *arg)
{
	long taken = 0;

	pthread_mutex_lock(&lock);
	for (;;) {
		while (jobs == 0 && !stop)
			pthread_cond_wait(&more_work, &lock);
		if (jobs == 0)
			break;
		sum += jobs--;
		taken++;
		sem_post(&done);
	}
	pthread_mutex_unlock(&lock);
	*(long *)arg = taken;
	return arg;
}

static void sleep_and_dispatch(void)
{
	int i, all;

	MPI_Allreduce(&check.rank, &all, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
	CHECK_EQ(all, check.size * (check.size - 1) / 2);
	pthread_mutex_lock(&lock);
	sum = 0;
	jobs = 10;
	pthread_cond_broadcast(&more_work);
	pthread_mutex_unlock(&lock);
	for (i = 0; i < 10; i++)
		while (sem_wait(&done))
			;
	CHECK_EQ(sum, 55);
	check_sleep(0.02);
}

int main(int argc, char **argv)
{
	long taken[3], rounds = 0, i;
	pthread_t t[3];

	check_start_thread(argc, argv, MPI_THREAD_FUNNELED);
	sem_init(&done, 0, 0);
	for (i = 0; i < 3; i++)
		CHECK_EQ(pthread_create(&t[i], NULL, helper, &taken[i]), 0);
	for (; check_more(); rounds++)
		sleep_and_dispatch();
	pthread_mutex_lock(&lock);
	stop = 1;
	pthread_cond_broadcast(&more_work);
	pthread_mutex_unlock(&lock);
	for (i = 0; i < 3; i++)
		CHECK_EQ(pthread_join(t[i], NULL), 0);
	CHECK_EQ(taken[0] + taken[1] + taken[2], rounds * 10);
	return check_pass();
}
