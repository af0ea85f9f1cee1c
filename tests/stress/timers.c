/* SPDX-License-Identifier: MIT */
/*
 * timers.c - timers of all kinds, made, set and deleted by several threads; an
 * armed one fires, a deleted one does not
 */
/* test: ranks=1 mpi=none threads=20 */
#define _GNU_SOURCE
#include <poll.h>
#include <sys/time.h>
#include "stress.h"

enum { THREADS = 4 };

static long fired_by_thread;
static __thread volatile sig_atomic_t fired, last_value;

static void on_timer(int sig, siginfo_t *info, void *context)
{
	(void)context;
	if (sig == SIGUSR1 && info->si_code == SI_TIMER) {
		last_value = info->si_value.sival_int;
		fired = fired + 1;
	}
}

static void on_alarm(int sig)
{
	(void)sig;
}

static void by_thread(union sigval v)
{
	__atomic_fetch_add((long *)v.sival_ptr, 1, __ATOMIC_SEQ_CST);
}

/* Told to this thread; it sleeps until it has come. */
static void own(struct stress_random *r)
{
	struct sigevent e = { .sigev_notify = SIGEV_THREAD_ID,
			      .sigev_signo = SIGUSR1 };
	struct itimerspec s = { { 0, 0 }, { 0, 1 } };
	int value = (int)stress_below(r, 1 << 20), slept;
	timer_t t;

	e._sigev_un._tid = gettid();
	e.sigev_value.sival_int = value;
	fired = 0;
	CHECK_EQ(timer_create(CLOCK_MONOTONIC, &e, &t), 0);
	s.it_value.tv_nsec = 1 + stress_below(r, 2000000);
	if (stress_below(r, 2))
		s.it_interval.tv_nsec = 500000;
	CHECK_EQ(timer_settime(t, 0, &s, NULL), 0);
	for (slept = 0; !fired && slept < 20000; slept++)
		poll(NULL, 0, 1);
	CHECK(fired > 0);
	CHECK_EQ(last_value, value);
	CHECK_EQ(timer_delete(t), 0);
}

static void threaded(struct stress_random *r)
{
	struct sigevent e = { .sigev_notify = SIGEV_THREAD };
	struct itimerspec s = { { 0, 0 }, { 0, 1 } };
	static __thread long count;
	timer_t t;
	int slept;

	__atomic_store_n(&count, 0, __ATOMIC_SEQ_CST);
	e.sigev_notify_function = by_thread;
	e.sigev_value.sival_ptr = &count;
	CHECK_EQ(timer_create(CLOCK_REALTIME, &e, &t), 0);
	s.it_value.tv_nsec = 1 + stress_below(r, 3000000);
	CHECK_EQ(timer_settime(t, 0, &s, NULL), 0);
	for (slept = 0;
	     !__atomic_load_n(&count, __ATOMIC_SEQ_CST) && slept < 20000;
	     slept++)
		poll(NULL, 0, 1);
	CHECK(__atomic_load_n(&count, __ATOMIC_SEQ_CST) > 0);
	CHECK_EQ(timer_delete(t), 0);
	__atomic_fetch_add(&fired_by_thread, 1, __ATOMIC_SEQ_CST);
}

/* Never fires. */
static void far(struct stress_random *r)
{
	struct sigevent e = { .sigev_notify = SIGEV_NONE };
	struct itimerspec s = { { 0, 0 }, { 100000, 0 } }, now;
	timer_t t;

	CHECK_EQ(timer_create(CLOCK_MONOTONIC, &e, &t), 0);
	CHECK_EQ(timer_settime(t, 0, &s, NULL), 0);
	usleep(stress_below(r, 1000));
	CHECK_EQ(timer_gettime(t, &now), 0);
	CHECK(now.it_value.tv_sec >= 90000 && now.it_value.tv_sec <= 100000);
	CHECK_EQ(timer_delete(t), 0);
}

static void *worker(void *arg)
{
	struct stress_random r;

	stress_begin(&r, (unsigned long)arg);
	stress_schedule((unsigned long)arg);
	while (!stress_over) {
		switch (stress_below(&r, 4)) {
		case 0:
			threaded(&r);
			break;
		case 1:
			far(&r);
			break;
		default:
			own(&r);
		}
	}
	return NULL;
}

int main(int argc, char **argv)
{
	struct itimerval it = { { 0, 3000 }, { 0, 3000 } };
	pthread_t t[THREADS];
	struct sigaction a;
	unsigned long i;

	stress_args(argc, argv);
	memset(&a, 0, sizeof(a));
	a.sa_flags = SA_SIGINFO;
	a.sa_sigaction = on_timer;
	CHECK_EQ(sigaction(SIGUSR1, &a, NULL), 0);
	a.sa_flags = SA_RESTART;
	a.sa_handler = on_alarm;
	CHECK_EQ(sigaction(SIGALRM, &a, NULL), 0);
	for (i = 0; i < THREADS; i++)
		t[i] = stress_start(worker, i);
	CHECK_EQ(setitimer(ITIMER_REAL, &it, NULL), 0);
	stress_wait();
	for (i = 0; i < THREADS; i++)
		stress_join(t[i]);
	return check_pass();
}
