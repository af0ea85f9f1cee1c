/* SPDX-License-Identifier: MIT */
/*
 * check.h - what the test programs share: failing, pacing, patterns
 *
 * A program repeats its one behaviour for argv[1] seconds (3 unless told) and
 * then prints PASSED.  It never knows whether, when or how it is checkpointed.
 * Time is the sum of small clock differences, each cut to 0..1 s, so that a
 * clock that jumps at a restart neither ends a program nor hangs it.
 * An MPI program includes mpi.h first.
 */
#ifndef TESTS_CHECK_H
#define TESTS_CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct check {
	int rank, size;
	double limit, spent, last;
	long round;
};
static struct check check = { 0, 1, 3, 0, 0, 0 };

#ifdef MPI_VERSION
#define CHECK_STOP() MPI_Abort(MPI_COMM_WORLD, 1)
#else
#define CHECK_STOP() ((void)0)
#endif

#define CHECK(cond) CHECK_EQ(!!(cond), 1)
#define CHECK_EQ(got, want)                                                    \
	check_equal((long long)(got), (long long)(want), #got " is " #want,    \
		    __FILE__, __LINE__)

static inline void check_equal(long long got, long long want, const char *what,
			       const char *file, int line)
{
	if (got == want)
		return;
	fprintf(stderr,
		"%s:%d: rank %d, round %ld: %s: got %lld, expected %lld\n",
		file, line, check.rank, check.round, what, got, want);
	fflush(stderr);
	CHECK_STOP();
	_exit(1);
}

static inline double check_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Nonzero while this process has time left; call it often. */
static inline int check_time_left(void)
{
	double now = check_clock(), step = now - check.last;

	check.last = now;
	check.spent += step < 0 ? 0 : step > 1 ? 1 : step;
	return check.spent < check.limit;
}

/* Tells the runner that the first round begins. Programs with begins=late in
 * their test line are not checkpointed before: what they have removed and
 * renamed until then they could not do again after a restart. */
static inline void check_begun(void)
{
	const char *path = getenv("CHECK_BEGUN");
	char name[4096];
	FILE *f;

	if (check.round || !path)
		return;
	snprintf(name, sizeof(name), "%s.%d", path, check.rank);
	f = fopen(name, "w");
	if (f)
		fclose(f);
}

/* Let @seconds pass, whatever interrupts the sleep. */
static inline void check_sleep(double seconds)
{
	struct timespec t = { 0, 5000000 };
	double until;

	check_time_left();
	for (until = check.spent + seconds; check.spent < until;
	     check_time_left())
		nanosleep(&t, NULL);
}

/* Byte @i of pattern @seed. */
static inline unsigned char check_byte(unsigned long seed, unsigned long i)
{
	unsigned long x = (seed + 1) * 2654435761UL + i * 40503UL;

	return (unsigned char)(x ^ (x >> 11) ^ (x >> 19));
}

static inline void check_fill(void *buf, size_t len, unsigned long seed)
{
	unsigned char *p = (unsigned char *)buf;
	size_t i;

	for (i = 0; i < len; i++)
		p[i] = check_byte(seed, i);
}

static inline void check_same(const void *buf, size_t len, unsigned long seed)
{
	const unsigned char *p = (const unsigned char *)buf;
	size_t i;

	for (i = 0; i < len; i++)
		if (p[i] != check_byte(seed, i))
			check_equal(p[i], check_byte(seed, i), "pattern byte",
				    __FILE__, (int)i);
}

static inline void check_args(int argc, char **argv)
{
	if (argc > 1 && atof(argv[1]) > 0)
		check.limit = atof(argv[1]);
	check.last = check_clock();
}

#ifdef MPI_VERSION
static inline void check_world(int argc, char **argv)
{
	MPI_Comm_rank(MPI_COMM_WORLD, &check.rank);
	MPI_Comm_size(MPI_COMM_WORLD, &check.size);
	check_args(argc, argv);
}

static inline void check_start(int argc, char **argv)
{
	MPI_Init(&argc, &argv);
	check_world(argc, argv);
}

/* Start with threads; the library must provide @level. */
static inline void check_start_thread(int argc, char **argv, int level)
{
	int provided;

	MPI_Init_thread(&argc, &argv, level, &provided);
	check_world(argc, argv);
	CHECK(provided >= level);
}

/* The library that runs now, which may be another than before a restart; until
 * the next call. */
static inline const char *check_library(void)
{
	static char text[MPI_MAX_LIBRARY_VERSION_STRING];
	int n;

	MPI_Get_library_version(text, &n);
	return text;
}

/* Open MPI 6.0.0rc2 loses messages that several threads send at a time, without
 * mana, too: seen with loops of MPI_Test on a busy machine (docs/limits.md). */
static inline void check_threads_send(void)
{
	if (!strstr(check_library(), "Open MPI v6.0.0rc2"))
		return;
	MPI_Finalize();
	fputs("this Open MPI loses messages that threads send\n", stderr);
	exit(77);
}

/* The next round, or 0 when rank 0's time is up: the same on every rank. */
static inline int check_more(void)
{
	int more = check_time_left();

	check_begun();
	MPI_Bcast(&more, 1, MPI_INT, 0, MPI_COMM_WORLD);
	check.round++;
	return more;
}

static inline int check_pass(void)
{
	MPI_Barrier(MPI_COMM_WORLD);
	if (check.rank == 0)
		puts("PASSED");
	fflush(stdout);
	MPI_Finalize();
	return 0;
}
#else
static inline int check_more(void)
{
	check_begun();
	check.round++;
	return check_time_left();
}

static inline int check_pass(void)
{
	puts("PASSED");
	fflush(stdout);
	return 0;
}
#endif

#endif
