/* SPDX-License-Identifier: MIT */
/* timeouts.c - timed waits end by their time-out, never by an interruption */
/* test: ranks=1 mpi=none threads=1 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/select.h>
#include "check.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;

static struct timespec in(double seconds)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	t.tv_nsec += (long)(seconds * 1e9);
	t.tv_sec += t.tv_nsec / 1000000000;
	t.tv_nsec %= 1000000000;
	return t;
}

static void wait_cond(void)
{
	struct timespec t = in(0.3);
	int rc = 0;

	pthread_mutex_lock(&lock);
	while (rc == 0)
		rc = pthread_cond_timedwait(&cond, &lock, &t);
	CHECK_EQ(rc, ETIMEDOUT);
	pthread_mutex_unlock(&lock);
}

static void wait_sem(void)
{
	struct timespec t = in(0.3);
	sem_t sem;

	sem_init(&sem, 0, 0);
	CHECK_EQ(sem_timedwait(&sem, &t), -1);
	CHECK_EQ(errno, ETIMEDOUT);
	sem_destroy(&sem);
}

static void wait_select(void)
{
	struct timeval t = { 0, 300000 };

	CHECK_EQ(select(0, NULL, NULL, NULL, &t), 0);
	CHECK_EQ(usleep(300000), 0);
}

static void wait_signal(void)
{
	struct timespec t = { 0, 300000000 };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	CHECK_EQ(sigtimedwait(&set, NULL, &t), -1);
	CHECK_EQ(errno, EAGAIN);
}

int main(int argc, char **argv)
{
	check_args(argc, argv);
	while (check_more()) {
		wait_cond();
		wait_sem();
		wait_select();
		wait_signal();
	}
	return check_pass();
}
