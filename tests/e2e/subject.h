/* SPDX-License-Identifier: MIT */
/* subject.h - what a subject does in its rounds, with MPI or without */
#ifndef MANA_SUBJECT_H
#define MANA_SUBJECT_H

#define _GNU_SOURCE
#ifdef NO_MPI
#define MPI_Init(a, b)
#define MPI_Finalize()
#define MPI_Abort(c, code) exit(code)
#else
#include <mpi.h>
#endif
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static int rank, size = 1;
static double seconds = 2;
static const char *more = "";

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec * 1e-9;
}

static void fail(const char *why)
{
	fprintf(stderr, "rank %d: %s\n", rank, why);
	exit(3);
}

static void say(const char *what)
{
	if (rank == 0) {
		puts(what);
		fflush(stdout);
	}
}

static void step(int i)
{
	int sum = i;

#ifndef NO_MPI
	MPI_Allreduce(&i, &sum, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
#endif
	if (sum != i * size)
		fail("wrong sum");
	usleep(1000);
}

/* Rank 0's clock says when to end. */
static int go_on(double end)
{
	int yes = now() < end;

#ifndef NO_MPI
	MPI_Bcast(&yes, 1, MPI_INT, 0, MPI_COMM_WORLD);
#endif
	return yes;
}

static void loop(void)
{
	double end = now() + seconds;
	int i = 0;

	while (go_on(end))
		step(i++ & 0xffff);
}

/* Until the file is there: a test ends it when it likes. */
static void wait_for_file(void)
{
	int i = 0, there = 0;

	while (!there) {
		there = access(more, F_OK) == 0;
#ifndef NO_MPI
		MPI_Bcast(&there, 1, MPI_INT, 0, MPI_COMM_WORLD);
#endif
		step(i++ & 0xffff);
	}
}

#endif
