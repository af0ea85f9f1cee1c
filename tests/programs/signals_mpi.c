/* SPDX-License-Identifier: MIT */
/* signals_mpi.c - signals interrupt a rank in and out of MPI calls */
/* test: ranks=2 */
#define _GNU_SOURCE
#include <mpi.h>
#include <signal.h>
#include <sys/time.h>
#include "check.h"

static volatile sig_atomic_t ticks;
static __thread int in_thread = 5;

/* Uses what only the program's own thread state makes right. */
static void on_tick(int sig)
{
	(void)sig;
	if (in_thread == 5)
		ticks = ticks + 1;
}

int main(int argc, char **argv)
{
	struct itimerval timer = { { 0, 3000 }, { 0, 3000 } };
	struct itimerval off = { { 0, 0 }, { 0, 0 } };
	int i, sum, value;
	struct sigaction a;

	memset(&a, 0, sizeof(a));
	a.sa_handler = on_tick;
	a.sa_flags = SA_RESTART;
	check_start(argc, argv);
	sigaction(SIGALRM, &a, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
	while (check_more())
		for (i = 0; i < 100; i++) {
			MPI_Allreduce(&i, &sum, 1, MPI_INT, MPI_SUM,
				      MPI_COMM_WORLD);
			CHECK_EQ(sum, i * check.size);
			value = check.rank;
			MPI_Sendrecv_replace(&value, 1, MPI_INT, check.rank ^ 1,
					     1, check.rank ^ 1, 1,
					     MPI_COMM_WORLD, MPI_STATUS_IGNORE);
			CHECK_EQ(value, check.rank ^ 1);
		}
	setitimer(ITIMER_REAL, &off, NULL);
	CHECK(ticks > 0);
	return check_pass();
}
