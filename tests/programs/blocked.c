/* SPDX-License-Identifier: MIT */
/*
 * blocked.c - threads blocked in every kind of wait the kernel has
 *
 * Each waits for a wake-up that comes only much later, or for a time that
 * must not be cut short, and then checks how its wait ended.
 */
/* test: ranks=1 mpi=none threads=8 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include "check.h"

enum { KINDS = 8 };
static pthread_mutex_t mutex, cond_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond;
static sem_t sem;
static int word, woken;
static double delay;

static void until_cond(void)
{
	pthread_mutex_lock(&cond_mutex);
	while (!woken)
		pthread_cond_wait(&cond, &cond_mutex);
	pthread_mutex_unlock(&cond_mutex);
}

static void until_futex(void)
{
	while (__atomic_load_n(&word, __ATOMIC_SEQ_CST) == 0) {
		long rc =
			syscall(SYS_futex, &word, FUTEX_WAIT, 0, NULL, NULL, 0);
		CHECK(rc == 0 || errno == EAGAIN || errno == EINTR);
	}
}

static void nothing_for(double seconds, int how)
{
	struct timespec t = { (time_t)seconds, 0 };
	struct timeval tv = { (time_t)seconds, 0 };
	double start = check_clock();

	t.tv_nsec = (long)((seconds - (double)t.tv_sec) * 1e9);
	tv.tv_usec = t.tv_nsec / 1000;
	if (how == 0)
		CHECK_EQ(nanosleep(&t, NULL), 0);
	else if (how == 1)
		CHECK_EQ(poll(NULL, 0, (int)(seconds * 1000)), 0);
	else
		CHECK_EQ(select(0, NULL, NULL, NULL, &tv), 0);
	CHECK(check_clock() - start > seconds * 0.95);
}

static void until_signal(void)
{
	sigset_t set;
	int sig;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	CHECK_EQ(sigwait(&set, &sig), 0);
	CHECK_EQ(sig, SIGUSR2);
}

static void *waiter(void *arg)
{
	switch ((size_t)arg) {
	case 0:
		pthread_mutex_lock(&mutex);
		pthread_mutex_unlock(&mutex);
		break;
	case 1:
		until_cond();
		break;
	case 2:
		CHECK_EQ(sem_wait(&sem), 0);
		break;
	case 3:
		until_futex();
		break;
	case 4:
		nothing_for(delay, 0);
		break;
	case 5:
		nothing_for(delay, 2);
		break;
	case 6:
		nothing_for(delay, 1);
		break;
	case 7:
		until_signal();
		break;
	}
	return arg;
}

static void wake_all(void)
{
	pthread_mutex_unlock(&mutex);
	pthread_mutex_lock(&cond_mutex);
	woken = 1;
	pthread_cond_broadcast(&cond);
	pthread_mutex_unlock(&cond_mutex);
	sem_post(&sem);
	__atomic_store_n(&word, 1, __ATOMIC_SEQ_CST);
	syscall(SYS_futex, &word, FUTEX_WAKE, 100, NULL, NULL, 0);
}

static void round_of(void)
{
	pthread_t t[KINDS];
	void *result;
	size_t i;

	word = woken = 0;
	delay = check.limit < 20 ? 0.8 : 2;
	pthread_mutex_lock(&mutex);
	for (i = 0; i < KINDS; i++)
		CHECK_EQ(pthread_create(&t[i], NULL, waiter, (void *)i), 0);
	check_sleep(1);
	for (i = 4; i < 7; i++)
		CHECK_EQ(pthread_join(t[i], &result), 0);
	CHECK_EQ(pthread_kill(t[7], SIGUSR2), 0);
	wake_all();
	for (i = 0; i < KINDS; i++) {
		if (i >= 4 && i < 7)
			continue;
		CHECK_EQ(pthread_join(t[i], &result), 0);
		CHECK((size_t)result == i);
	}
}

int main(int argc, char **argv)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	CHECK_EQ(pthread_sigmask(SIG_BLOCK, &set, NULL), 0);
	check_args(argc, argv);
	pthread_mutex_init(&mutex, NULL);
	pthread_cond_init(&cond, NULL);
	sem_init(&sem, 0, 0);
	while (check_more())
		round_of();
	return check_pass();
}
