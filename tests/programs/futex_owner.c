/* SPDX-License-Identifier: MIT */
/* futex_owner.c - mutexes whose word says to the kernel who owns them: with
 * priority inheritance, robust, and both; timed, and owners that end */
/* test: ranks=1 mpi=none threads=5 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include "check.h"

enum { KINDS = 4, WORKERS = 2 };

static pthread_mutex_t contended[KINDS], given_up, held;
static volatile long turns[KINDS][WORKERS];
static volatile int stop, step, holder_step;
static long inside[KINDS];

static void init(pthread_mutex_t *m, int protocol, int robust, int type)
{
	pthread_mutexattr_t a;

	pthread_mutexattr_init(&a);
	pthread_mutexattr_setprotocol(&a, protocol);
	pthread_mutexattr_setrobust(&a, robust);
	pthread_mutexattr_settype(&a, type);
	CHECK_EQ(pthread_mutex_init(m, &a), 0);
}

static void lock(pthread_mutex_t *m, long turn)
{
	struct timespec ts;
	int r;

	clock_gettime(CLOCK_REALTIME, &ts);
	ts.tv_sec += 20;
	r = turn % 3 ? pthread_mutex_lock(m) : pthread_mutex_timedlock(m, &ts);
	CHECK_EQ(r, 0);
}

static void *work(void *arg)
{
	long me = (long)arg, i;
	int k;

	for (i = 0; !stop; i++)
		for (k = 0; k < KINDS; k++) {
			lock(&contended[k], i);
			CHECK_EQ(inside[k]++, 0);
			usleep(50);
			CHECK_EQ(--inside[k], 0);
			turns[k][me]++;
			CHECK_EQ(pthread_mutex_unlock(&contended[k]), 0);
		}
	return NULL;
}

/* Made before most checkpoints; ends at last while it owns a mutex. */
static void *old(void *arg)
{
	lock(&given_up, 1);
	while (!stop)
		usleep(1000);
	return arg;
}

/* Holds another over many a checkpoint, and lets go when told. */
static void *holder(void *arg)
{
	while (!stop) {
		lock(&held, 1);
		holder_step = step;
		while (!stop && holder_step == step)
			usleep(500);
		CHECK_EQ(pthread_mutex_unlock(&held), 0);
		while (!stop && pthread_mutex_trylock(&held) == EBUSY)
			usleep(500);
		pthread_mutex_unlock(&held);
	}
	return arg;
}

static void progress(void)
{
	long before[KINDS][WORKERS];
	int k, w, i;

	for (k = 0; k < KINDS; k++)
		for (w = 0; w < WORKERS; w++)
			before[k][w] = turns[k][w];
	for (k = 0; k < KINDS; k++)
		for (w = 0; w < WORKERS; w++) {
			for (i = 0; i < 2000 && turns[k][w] == before[k][w];
			     i++)
				check_sleep(0.005);
			CHECK(turns[k][w] > before[k][w]);
		}
}

int main(int argc, char **argv)
{
	pthread_t t[WORKERS], o, h;
	struct timespec soon;
	long i;
	int r;

	check_args(argc, argv);
	for (i = 0; i < KINDS; i++)
		init(&contended[i],
		     i & 1 ? PTHREAD_PRIO_INHERIT : PTHREAD_PRIO_NONE,
		     i & 2 ? PTHREAD_MUTEX_ROBUST : PTHREAD_MUTEX_STALLED,
		     PTHREAD_MUTEX_ERRORCHECK);
	init(&given_up, PTHREAD_PRIO_INHERIT, PTHREAD_MUTEX_ROBUST,
	     PTHREAD_MUTEX_NORMAL);
	init(&held, PTHREAD_PRIO_INHERIT, PTHREAD_MUTEX_STALLED,
	     PTHREAD_MUTEX_NORMAL);
	CHECK_EQ(pthread_create(&o, NULL, old, NULL), 0);
	CHECK_EQ(pthread_create(&h, NULL, holder, NULL), 0);
	for (i = 0; i < WORKERS; i++)
		CHECK_EQ(pthread_create(&t[i], NULL, work, (void *)i), 0);
	while (check_more()) {
		progress();
		clock_gettime(CLOCK_REALTIME, &soon);
		soon.tv_nsec = (soon.tv_nsec + 2000000) % 1000000000;
		r = pthread_mutex_timedlock(&held, &soon);
		CHECK(r == ETIMEDOUT || r == 0);
		if (r == 0)
			pthread_mutex_unlock(&held);
		step++;
	}
	stop = 1;
	for (i = 0; i < WORKERS; i++)
		CHECK_EQ(pthread_join(t[i], NULL), 0);
	CHECK_EQ(pthread_join(h, NULL), 0);
	CHECK_EQ(pthread_join(o, NULL), 0);
	CHECK_EQ(pthread_mutex_lock(&given_up), EOWNERDEAD);
	CHECK_EQ(pthread_mutex_consistent(&given_up), 0);
	CHECK_EQ(pthread_mutex_unlock(&given_up), 0);
	return check_pass();
}
