/* SPDX-License-Identifier: MIT */
/*
 * waits.c - each signal ends the wait it interrupts, whatever else comes along
 *
 * A waiter blocks its signal, tells its partner, and waits in sigsuspend,
 * ppoll, pselect, pause (with a handler that cannot be missed), poll on a pipe,
 * nanosleep, sigtimedwait or a futex. Were the signal's effect lost, it would
 * wait for ever, and its partner for it.
 */
/* test: ranks=1 mpi=none threads=9 */
#define _GNU_SOURCE
#include <poll.h>
#include <semaphore.h>
#include <sys/select.h>
#include "stress.h"

enum { PAIRS = 4, WAITS = 6, PIPE = 3, OVER = -1 };

static struct pair {
	pthread_t waiter;
	sem_t ready, done;
	int pipe[2];
	int how; /* the wait to come; PIPE: it wants a byte as well */
	long waits;
} pairs[PAIRS];

static __thread volatile sig_atomic_t got;

static void on_signal(int sig)
{
	got = got + (sig == SIGUSR1);
}

/* Blocked now; each of these lets the signal in and is ended by it. */
static void wait_once(struct pair *p, unsigned how, const sigset_t *open)
{
	struct timespec far = { 1000, 0 }, left = { -1, -1 };
	struct pollfd fd = { .fd = p->pipe[0], .events = POLLIN };
	sigset_t usr1;
	fd_set set;
	int r = -1;
	char c;

	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	FD_ZERO(&set);
	FD_SET(p->pipe[0], &set);
	errno = EINTR;
	switch (how) {
	case 0:
		r = sigsuspend(open);
		break;
	case 1:
		r = ppoll(&fd, 1, &far, open);
		break;
	case 2:
		r = pselect(p->pipe[0] + 1, &set, NULL, NULL, &far, open);
		break;
	case PIPE: /* the signal comes at any moment; the pipe tells in any case
		    */
		pthread_sigmask(SIG_SETMASK, open, NULL);
		while (poll(&fd, 1, 1000000) < 0)
			CHECK_EQ(errno, EINTR);
		pthread_sigmask(SIG_BLOCK, &usr1, NULL);
		CHECK_EQ(read(p->pipe[0], &c, 1), 1);
		while (!got)
			sigsuspend(open);
		break;
	case 4:
		r = sigwaitinfo(&usr1, NULL);
		while (r < 0) { /* another's signal, of a broadcast */
			CHECK_EQ(errno, EINTR);
			r = sigwaitinfo(&usr1, NULL);
		}
		CHECK_EQ(r, SIGUSR1);
		r = -1;
		got = 1;
		errno = EINTR;
		break;
	case 5:
		pthread_sigmask(SIG_SETMASK, open, NULL);
		r = 0;
		while (!got && (r = nanosleep(&(struct timespec){ 0, 300000 },
					      &left)) == 0)
			;
		if (r < 0 && errno == EINTR)
			CHECK(left.tv_sec == 0 && left.tv_nsec >= 0 &&
			      left.tv_nsec <= 1000000); /* timer slack */
		pthread_sigmask(SIG_BLOCK, &usr1, NULL);
		r = -1;
		errno = EINTR;
	}
	CHECK_EQ(r, -1);
	CHECK_EQ(errno, EINTR);
	CHECK_EQ(got, 1);
}

static void *waiter(void *arg)
{
	struct pair *p = &pairs[(unsigned long)arg];
	struct stress_random r;
	sigset_t open, usr1;
	unsigned how;

	stress_begin(&r, (unsigned long)arg);
	stress_schedule((unsigned long)arg);
	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &usr1, &open);
	sigdelset(&open, SIGUSR1);
	while (!stress_over) {
		how = stress_below(&r, WAITS);
		got = 0;
		p->how = (int)how;
		sem_post(&p->ready);
		wait_once(p, how, &open);
		p->waits++;
		sem_post(&p->done);
	}
	p->how = OVER;
	sem_post(&p->ready);
	return NULL;
}

static void *partner(void *arg)
{
	struct pair *p = &pairs[(unsigned long)arg];
	struct stress_random r;
	int how;

	stress_begin(&r, (unsigned long)arg + 50);
	for (;;) {
		while (sem_wait(&p->ready) < 0)
			CHECK_EQ(errno, EINTR);
		how = p->how;
		if (how == OVER)
			return NULL;
		if (stress_below(&r, 2))
			usleep(stress_below(&r, 400));
		CHECK_EQ(pthread_kill(p->waiter, SIGUSR1), 0);
		if (how == PIPE) {
			usleep(stress_below(&r, 100));
			CHECK_EQ(write(p->pipe[1], "x", 1), 1);
		}
		while (sem_wait(&p->done) < 0)
			CHECK_EQ(errno, EINTR);
	}
}

int main(int argc, char **argv)
{
	struct sigaction a;
	pthread_t t[PAIRS];
	unsigned long i;
	long waits = 0;

	stress_args(argc, argv);
	memset(&a, 0, sizeof(a));
	a.sa_handler = on_signal;
	CHECK_EQ(sigaction(SIGUSR1, &a, NULL), 0);
	for (i = 0; i < PAIRS; i++) {
		sem_init(&pairs[i].ready, 0, 0);
		sem_init(&pairs[i].done, 0, 0);
		CHECK_EQ(pipe(pairs[i].pipe), 0);
		pairs[i].waiter = stress_start(waiter, i);
		t[i] = stress_start(partner, i);
	}
	stress_wait();
	for (i = 0; i < PAIRS; i++) {
		stress_join(pairs[i].waiter);
		stress_join(t[i]);
		waits += pairs[i].waits;
	}
	CHECK(waits > 0);
	return check_pass();
}
