/* SPDX-License-Identifier: MIT */
/* alarm_wait.c - a signal ends a wait, also one that came during a checkpoint
 *
 * Memory to save makes checkpoints longer than it takes the alarm to come. The
 * second handler blocks all signals while it runs.
 */
/* test: ranks=1 mpi=none */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/time.h>
#include "check.h"

#define BYTES (64UL << 20)

static volatile int rang;

static void ring(int sig)
{
	(void)sig;
	rang++;
}

static int wait_once(int fd)
{
	struct timespec hour = { 3600, 0 };
	char c;

	switch (check.round % 4) {
	case 0:
		return pause();
	case 1:
		return (int)read(fd, &c, 1);
	case 2:
		return poll(NULL, 0, -1);
	default:
		return nanosleep(&hour, NULL);
	}
}

int main(int argc, char **argv)
{
	struct itimerval soon = { { 1, 0 }, { 0, 40000 } };
	struct sigaction sa = { .sa_handler = ring }; /* no SA_RESTART */
	unsigned char *big = malloc(BYTES);
	int fd[2], late = 0;

	check_args(argc, argv);
	CHECK(big != NULL);
	check_fill(big, BYTES, 1);
	CHECK_EQ(pipe(fd), 0);
	do {
		if (check.round & 1)
			sigfillset(&sa.sa_mask);
		else
			sigemptyset(&sa.sa_mask);
		CHECK_EQ(sigaction(SIGALRM, &sa, NULL), 0);
		rang = 0;
		CHECK_EQ(setitimer(ITIMER_REAL, &soon, NULL), 0);
		CHECK_EQ(wait_once(fd[0]), -1);
		CHECK_EQ(errno, EINTR);
		/* By the second alarm, when the first came before the wait. */
		late += rang > 1;
		CHECK(rang && late < 2);
	} while (check_more());
	check_same(big, BYTES, 1);
	return check_pass();
}
