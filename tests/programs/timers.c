/* SPDX-License-Identifier: MIT */
/* timers.c - POSIX timers of every kind, and interval timers, go on */
/* test: ranks=1 mpi=none threads=3 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include "check.h"

enum { PERIODIC, THREAD, NOTIFY, NONE, CPU, FAR, BLOCKED, TIMERS };

static volatile int ticks[TIMERS], alarms, profiled;
static timer_t timer[TIMERS];
static pthread_t worker;
static volatile pid_t worker_tid;

static void tick(int sig, siginfo_t *si, void *uc)
{
	(void)sig;
	(void)uc;
	if (si->si_code == SI_TIMER)
		ticks[si->si_value.sival_int]++;
}

static void on_alarm(int sig)
{
	if (sig == SIGALRM)
		alarms++;
	else
		profiled++;
}

static void notify(union sigval v)
{
	ticks[v.sival_int]++;
}

static void *work(void *arg)
{
	worker_tid = (pid_t)syscall(SYS_gettid);
	for (;;)
		pause();
	return arg;
}

static void make(int i, clockid_t clock, int how, int sig, long period_ns,
		 long first_ns)
{
	struct sigevent ev = { .sigev_notify = how, .sigev_signo = sig };
	struct itimerspec s = {
		.it_interval = { period_ns / 1000000000,
				 period_ns % 1000000000 },
		.it_value = { first_ns / 1000000000, first_ns % 1000000000 },
	};

	ev.sigev_value.sival_int = i;
	if (how == SIGEV_THREAD_ID)
		ev._sigev_un._tid = worker_tid;
	else if (how == SIGEV_THREAD)
		ev.sigev_notify_function = notify;
	CHECK_EQ(timer_create(clock, &ev, &timer[i]), 0);
	CHECK_EQ(timer_settime(timer[i], 0, &s, NULL), 0);
}

#define AWAIT(n) CHECK(grows(&(n)))

static int grows(volatile int *n)
{
	int i, was = *n;

	for (i = 0; i < 4000 && *n == was; i++)
		usleep(1000);
	return *n > was;
}

/* For timers that count CPU time. */
static int grows_busy(volatile int *n)
{
	double end = check_clock() + 4;
	int was = *n;

	while (*n == was && check_clock() < end)
		;
	return *n > was;
}

static void check_far(void)
{
	static double began, left_at_first;
	struct itimerspec s;
	double left;

	CHECK_EQ(timer_gettime(timer[FAR], &s), 0);
	left = (double)s.it_value.tv_sec + (double)s.it_value.tv_nsec * 1e-9;
	if (!began)
		left_at_first = left;
	began = 1;
	CHECK(left > 900 && left <= left_at_first);
	CHECK_EQ(timer_gettime(timer[NONE], &s), 0);
	CHECK(s.it_value.tv_nsec > 0);
	CHECK_EQ(s.it_interval.tv_nsec, 7000000);
}

static void check_blocked(sigset_t *set)
{
	struct timespec none = { 0, 0 };
	siginfo_t si;
	int i;

	for (i = 0; i < 4000 && sigtimedwait(set, &si, &none) < 0; i++)
		usleep(1000);
	CHECK(i < 4000);
	CHECK_EQ(si.si_code, SI_TIMER);
	CHECK_EQ(si.si_value.sival_int, BLOCKED);
}

int main(int argc, char **argv)
{
	struct sigaction a = { .sa_sigaction = tick,
			       .sa_flags = SA_SIGINFO | SA_RESTART };
	struct itimerval fast = { { 0, 2000 }, { 0, 2000 } };
	struct itimerval cpu = { { 0, 4000 }, { 0, 4000 } };
	sigset_t blocked;

	check_args(argc, argv);
	sigaction(SIGRTMIN + 1, &a, NULL);
	a.sa_flags = SA_RESTART;
	a.sa_handler = on_alarm;
	sigaction(SIGALRM, &a, NULL);
	sigaction(SIGPROF, &a, NULL);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGRTMIN + 2);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	CHECK_EQ(pthread_create(&worker, NULL, work, NULL), 0);
	while (!worker_tid)
		usleep(100);
	make(PERIODIC, CLOCK_MONOTONIC, SIGEV_SIGNAL, SIGRTMIN + 1, 3000000,
	     3000000);
	make(THREAD, CLOCK_REALTIME, SIGEV_THREAD_ID, SIGRTMIN + 1, 5000000,
	     5000000);
	make(NOTIFY, CLOCK_MONOTONIC, SIGEV_THREAD, 0, 20000000, 1000000);
	make(NONE, CLOCK_MONOTONIC, SIGEV_NONE, 0, 7000000, 7000000);
	make(CPU, CLOCK_PROCESS_CPUTIME_ID, SIGEV_SIGNAL, SIGRTMIN + 1, 4000000,
	     4000000);
	make(FAR, CLOCK_MONOTONIC, SIGEV_SIGNAL, SIGRTMIN + 1, 0,
	     1000000000000);
	make(BLOCKED, CLOCK_MONOTONIC, SIGEV_SIGNAL, SIGRTMIN + 2, 30000000,
	     1000000);
	CHECK_EQ(timer_delete(timer[FAR]), 0); /* ids are not in a row */
	make(FAR, CLOCK_BOOTTIME, SIGEV_SIGNAL, SIGRTMIN + 1, 0, 1000000000000);
	setitimer(ITIMER_REAL, &fast, NULL);
	setitimer(ITIMER_PROF, &cpu, NULL);
	while (check_more()) {
		AWAIT(ticks[PERIODIC]);
		AWAIT(ticks[THREAD]);
		AWAIT(ticks[NOTIFY]);
		AWAIT(alarms);
		CHECK(grows_busy(&ticks[CPU]));
		CHECK(grows_busy(&profiled));
		check_far();
		check_blocked(&blocked);
		check_time_left();
	}
	return check_pass();
}
