/* SPDX-License-Identifier: MIT */
/*
 * stress.h - what the stress programs share: threads that go on until the time
 * is up, random numbers of their own, real-time threads among them
 *
 * argv: seconds, seed, 1 when some threads are to be of SCHED_FIFO. What a
 * program draws depends on the seed alone; when it happens does not.
 */
#ifndef TESTS_STRESS_H
#define TESTS_STRESS_H

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include "../programs/check.h"

static volatile int stress_over; /* the time is up */
static uint64_t stress_seed = 1;
static int stress_fifo;

struct stress_random {
	uint64_t state;
};

static inline void stress_begin(struct stress_random *r, uint64_t who)
{
	r->state = (stress_seed + 1) * 0x9e3779b97f4a7c15UL ^
		   (who + 1) * 0xbf58476d1ce4e5b9UL;
	if (!r->state)
		r->state = 1;
}

static inline uint64_t stress_draw(struct stress_random *r)
{
	r->state ^= r->state << 13;
	r->state ^= r->state >> 7;
	r->state ^= r->state << 17;
	return r->state;
}

/* 0 to n - 1 */
static inline unsigned stress_below(struct stress_random *r, unsigned n)
{
	return (unsigned)(stress_draw(r) >> 33) % n;
}

static inline void stress_args(int argc, char **argv)
{
	if (argc > 2)
		stress_seed = strtoul(argv[2], NULL, 10);
	if (argc > 3)
		stress_fifo = atoi(argv[3]);
	check_args(argc, argv);
}

/*
 * Every third thread is of real-time priority, if it may be: it yields to
 * nobody but by sleeping.
 */
static inline void stress_schedule(unsigned long who)
{
	struct sched_param p = { .sched_priority = 1 + (int)(who % 2) };

	if (stress_fifo && who % 3 == 2)
		pthread_setschedparam(pthread_self(), SCHED_FIFO, &p);
}

/*
 * For threads that nothing makes wait: also those of real-time priority give
 * the processor away now and then. With the delays build they would otherwise
 * do so in hooks only, in which no thread can be stopped; the hooks themselves
 * never sleep.
 */
static inline void stress_rest(struct stress_random *r)
{
	if (stress_below(r, 50) == 0)
		usleep(20);
}

static inline pthread_t stress_start(void *(*fn)(void *), unsigned long arg)
{
	pthread_t t;
	int e;

	while ((e = pthread_create(&t, NULL, fn, (void *)arg)) == EAGAIN)
		usleep(1000);
	CHECK_EQ(e, 0);
	return t;
}

static inline void stress_join(pthread_t t)
{
	CHECK_EQ(pthread_join(t, NULL), 0);
}

/* The main thread's part: sleep until the time is up. */
static inline void stress_wait(void)
{
	struct timespec t = { 0, 10000000 };

	while (check_time_left())
		nanosleep(&t, NULL);
	stress_over = 1;
}

#endif
