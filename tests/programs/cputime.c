/* SPDX-License-Identifier: MIT */
/* cputime.c - CPU time never runs backwards, a thread's nor the process's */
/* test: ranks=1 mpi=none threads=2 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/times.h>
#include "check.h"

enum { THREAD, PROCESS, CLOCK, USAGE, USAGE_SYS, USAGE_THREAD, TICKS, CLOCKS };

static atomic_int over;

static int64_t read_clock(clockid_t id)
{
	struct timespec t;

	CHECK_EQ(clock_gettime(id, &t), 0);
	CHECK(t.tv_nsec >= 0 && t.tv_nsec < 1000000000);
	return t.tv_sec * 1000000000L + t.tv_nsec;
}

static int64_t read_usage(int who, int64_t *sys)
{
	struct rusage u;

	CHECK_EQ(getrusage(who, &u), 0);
	CHECK(u.ru_utime.tv_usec >= 0 && u.ru_utime.tv_usec < 1000000);
	if (sys)
		*sys = u.ru_stime.tv_sec * 1000000L + u.ru_stime.tv_usec;
	return u.ru_utime.tv_sec * 1000000L + u.ru_utime.tv_usec;
}

static void read_all(int64_t *now)
{
	struct tms t;

	now[THREAD] = read_clock(CLOCK_THREAD_CPUTIME_ID);
	now[PROCESS] = read_clock(CLOCK_PROCESS_CPUTIME_ID);
	CHECK(now[PROCESS] >= now[THREAD]);
	now[CLOCK] = clock();
	now[USAGE] = read_usage(RUSAGE_SELF, &now[USAGE_SYS]);
	now[USAGE_THREAD] = read_usage(RUSAGE_THREAD, NULL);
	CHECK(times(&t) != -1);
	now[TICKS] = t.tms_utime;
}

static void watch(int64_t *last)
{
	int64_t now[CLOCKS];
	int i;

	read_all(now);
	for (i = 0; i < CLOCKS; i++) {
		if (now[i] < last[i])
			fprintf(stderr, "clock %d runs backwards\n", i);
		CHECK(now[i] >= last[i]);
		last[i] = now[i];
	}
}

static void *worker(void *arg)
{
	int64_t last[CLOCKS] = { 0 };

	while (!over)
		watch(last);
	return arg;
}

int main(int argc, char **argv)
{
	int64_t last[CLOCKS] = { 0 };
	pthread_t t;

	check_args(argc, argv);
	CHECK_EQ(pthread_create(&t, NULL, worker, NULL), 0);
	while (check_more())
		watch(last);
	over = 1;
	CHECK_EQ(pthread_join(t, NULL), 0);
	return check_pass();
}
