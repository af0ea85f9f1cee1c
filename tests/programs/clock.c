/* SPDX-License-Identifier: MIT */
/* clock.c - clocks advance, agree with each other and never run backwards */
/* test: ranks=1 mpi=none threads=2 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sys/time.h>
#include "check.h"

static double read_clock(clockid_t id)
{
	struct timespec t;

	CHECK_EQ(clock_gettime(id, &t), 0);
	CHECK(t.tv_nsec >= 0 && t.tv_nsec < 1000000000);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void *watch(void *arg)
{
	double last = 0, now, real, cpu, last_cpu = 0;
	struct timeval tv;
	int i;

	for (i = 0; i < 20000; i++) {
		now = read_clock(CLOCK_MONOTONIC);
		CHECK(now >= last);
		last = now;
		cpu = read_clock(CLOCK_THREAD_CPUTIME_ID);
		CHECK(cpu >= 0 && cpu < 1e6);
		last_cpu = cpu;
		real = read_clock(CLOCK_REALTIME);
		gettimeofday(&tv, NULL);
		CHECK((double)tv.tv_sec >= real - 1);
		CHECK(time(NULL) >= (time_t)real - 1);
	}
	CHECK(last_cpu >= 0);
	CHECK(read_clock(CLOCK_MONOTONIC_COARSE) > 0);
	CHECK(sched_getcpu() >= 0);
	return arg;
}

int main(int argc, char **argv)
{
	pthread_t t;

	check_args(argc, argv);
	while (check_more()) {
		CHECK_EQ(pthread_create(&t, NULL, watch, NULL), 0);
		watch(NULL);
		CHECK_EQ(pthread_join(t, NULL), 0);
	}
	return check_pass();
}
