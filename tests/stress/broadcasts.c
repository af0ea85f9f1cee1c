/* SPDX-License-Identifier: MIT */
/*
 * broadcasts.c - what glibc says to all threads by a signal of its own (setuid
 * and the like), or to one (pthread_cancel), while threads come and go
 *
 * The seed says which: glibc 2.36 itself stands still when a thread is
 * cancelled during a setuid.
 */
/* test: ranks=1 mpi=none threads=12 */
#define _GNU_SOURCE
#include <poll.h>
#include <semaphore.h>
#include "stress.h"

enum { SETTERS = 2, CANCELLERS = 3, CHURNERS = 2 };

static long set, cancelled, cleaned;

static void *setter(void *arg)
{
	struct stress_random r;

	stress_begin(&r, (unsigned long)arg);
	while (!stress_over) {
		if (stress_below(&r, 2))
			CHECK_EQ(setresuid(-1, geteuid(), -1), 0);
		else
			CHECK_EQ(setresgid(-1, getegid(), -1), 0);
		__atomic_fetch_add(&set, 1, __ATOMIC_RELAXED);
		usleep(stress_below(&r, 500));
	}
	return NULL;
}

static void clean(void *arg)
{
	__atomic_fetch_add(&cleaned, 1, __ATOMIC_SEQ_CST);
	sem_post(arg);
}

/* Waits where it can be cancelled, each time in another way. */
static void *victim(void *arg)
{
	static unsigned long turn;
	static const struct sched_param ordinary;
	unsigned long how = __atomic_fetch_add(&turn, 1, __ATOMIC_RELAXED);
	sem_t never;
	int old;

	sem_init(&never, 0, 0);
	pthread_cleanup_push(clean, arg);
	sem_post(arg);
	switch (how % 4) {
	case 0:
		for (;;)
			poll(NULL, 0, -1);
	case 1:
		for (;;)
			sem_wait(&never);
	case 2: /* as its maker, SCHED_FIFO, it kept it from cancelling */
		sched_setscheduler(0, SCHED_OTHER, &ordinary);
		pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &old);
		for (;;)
			__asm__ volatile("pause");
	default:
		for (;;)
			usleep(1000000);
	}
	pthread_cleanup_pop(0);
	return NULL;
}

static void *canceller(void *arg)
{
	struct stress_random r;
	void *result;
	pthread_t t;
	sem_t at;

	stress_begin(&r, (unsigned long)arg + 50);
	stress_schedule((unsigned long)arg);
	sem_init(&at, 0, 0);
	while (!stress_over) {
		t = stress_start(victim, (unsigned long)&at);
		while (sem_wait(&at) < 0)
			;
		usleep(stress_below(&r, 200));
		CHECK_EQ(pthread_cancel(t), 0);
		CHECK_EQ(pthread_join(t, &result), 0);
		CHECK(result == PTHREAD_CANCELED);
		while (sem_wait(&at) < 0)
			;
		__atomic_fetch_add(&cancelled, 1, __ATOMIC_SEQ_CST);
	}
	return NULL;
}

static void *leaf(void *arg)
{
	return arg;
}

static void *churner(void *arg)
{
	(void)arg;
	while (!stress_over)
		stress_join(stress_start(leaf, 0));
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t t[SETTERS + CANCELLERS + CHURNERS];
	unsigned long i, n = 0;
	int sets;

	stress_args(argc, argv);
	sets = stress_seed % 2;
	for (i = 0; i < SETTERS && sets; i++)
		t[n++] = stress_start(setter, i);
	for (i = 0; i < CANCELLERS && !sets; i++)
		t[n++] = stress_start(canceller, i);
	for (i = 0; i < CHURNERS; i++)
		t[n++] = stress_start(churner, i);
	stress_wait();
	while (n > 0)
		stress_join(t[--n]);
	CHECK_EQ(cleaned, cancelled);
	CHECK(sets ? set > 0 : cancelled > 0);
	return check_pass();
}
