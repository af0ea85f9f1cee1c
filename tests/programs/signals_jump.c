/* SPDX-License-Identifier: MIT */
/* signals_jump.c - a handler leaves whatever it interrupted by siglongjmp */
/* test: ranks=1 mpi=none threads=2 */
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/select.h>
#include <sys/time.h>
#include "check.h"

enum { KINDS = 7 };
static sigjmp_buf back;
static int pipe_fd[2];
static sem_t never;
static volatile sig_atomic_t jumps;

static void on_alarm(int sig)
{
	(void)sig;
	jumps = jumps + 1;
	siglongjmp(back, 1);
}

static void wait_long(int kind)
{
	struct timespec t = { 1000, 0 };
	struct timeval tv = { 1000, 0 };
	volatile int forever = 1;
	char c;

	switch (kind) {
	case 0:
		nanosleep(&t, NULL);
		break;
	case 1:
		CHECK_EQ(read(pipe_fd[0], &c, 1), 1);
		break;
	case 2:
		pause();
		break;
	case 3:
		sem_wait(&never);
		break;
	case 4:
		select(0, NULL, NULL, NULL, &tv);
		break;
	case 5:
		usleep(999999999);
		break;
	default:
		while (forever)
			;
	}
}

static void *idle(void *arg)
{
	sigset_t set;

	sigfillset(&set);
	pthread_sigmask(SIG_SETMASK, &set, NULL);
	for (;;)
		pause();
	return arg;
}

int main(int argc, char **argv)
{
	struct itimerval soon = { { 0, 0 }, { 0, 30000 } };
	struct sigaction a;
	sig_atomic_t before;
	sigset_t set;
	pthread_t t;

	check_args(argc, argv);
	memset(&a, 0, sizeof(a));
	a.sa_handler = on_alarm;
	CHECK_EQ(sigaction(SIGALRM, &a, NULL), 0);
	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	CHECK_EQ(pthread_sigmask(SIG_BLOCK, &set, NULL), 0);
	CHECK_EQ(pthread_create(&t, NULL, idle, NULL), 0);
	CHECK_EQ(pthread_sigmask(SIG_UNBLOCK, &set, NULL), 0);
	CHECK_EQ(pipe(pipe_fd), 0);
	sem_init(&never, 0, 0);
	while (check_more()) {
		before = jumps;
		if (!sigsetjmp(back, 1)) {
			CHECK_EQ(setitimer(ITIMER_REAL, &soon, NULL), 0);
			wait_long((int)(check.round % KINDS));
		}
		CHECK_EQ(jumps, before + 1);
	}
	return check_pass();
}
