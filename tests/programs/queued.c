/* SPDX-License-Identifier: MIT */
/* queued.c - blocked signals wait as often as they were sent, with value, code
 * and sender, for the process and for each thread; one-shot handlers run once
 */
/* test: ranks=1 mpi=none threads=2 */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include "check.h"

enum { MANY = 40 };

static sigset_t all;
static volatile int once;
static volatile long turn, done;

static void on_once(int sig)
{
	(void)sig;
	once++;
}

static void expect(int sig, int code, int value)
{
	struct timespec none = { 0, 0 };
	siginfo_t si;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, sig);
	CHECK_EQ(sigtimedwait(&set, &si, &none), sig);
	CHECK_EQ(si.si_code, code);
	CHECK_EQ(si.si_pid, getpid());
	if (code == SI_QUEUE)
		CHECK_EQ(si.si_value.sival_int, value);
}

static void nothing_left(void)
{
	sigset_t set;

	CHECK_EQ(sigpending(&set), 0);
	CHECK(sigisemptyset(&set));
}

/* A thread's own, sent by another. */
static void *work(void *arg)
{
	long seen = 0;
	int i;

	for (;;) {
		while (turn == seen)
			usleep(500);
		seen = turn;
		for (i = 0; i < 3; i++)
			expect(SIGRTMIN + 2, SI_QUEUE, 1000 + i);
		expect(SIGUSR2, SI_USER, 0); /* glibc says so of SI_TKILL */
		done = seen;
	}
	return arg;
}

static void fill(pthread_t worker)
{
	union sigval v;
	int i;

	for (i = 0; i < MANY; i++) {
		v.sival_int = i;
		CHECK_EQ(sigqueue(getpid(), SIGRTMIN + 1 + 2 * (i % 2), v), 0);
	}
	CHECK_EQ(kill(getpid(), SIGUSR1), 0);
	for (i = 0; i < 3; i++) {
		v.sival_int = 1000 + i;
		CHECK_EQ(pthread_sigqueue(worker, SIGRTMIN + 2, v), 0);
	}
	CHECK_EQ(pthread_kill(worker, SIGUSR2), 0);
	v.sival_int = 7;
	CHECK_EQ(pthread_sigqueue(pthread_self(), SIGRTMIN + 2, v), 0);
}

static void one_shot(void)
{
	struct sigaction a = { .sa_handler = on_once,
			       .sa_flags = SA_RESETHAND };
	struct sigaction now;

	sigaction(SIGWINCH, &a, NULL); /* whose default is to do nothing */
	once = 0;
	raise(SIGWINCH);
	CHECK_EQ(once, 1);
	sigaction(SIGWINCH, NULL, &now);
	CHECK(now.sa_handler == SIG_DFL);
	check_sleep(0.01);
	raise(SIGWINCH);
	CHECK_EQ(once, 1);
}

int main(int argc, char **argv)
{
	pthread_t worker;
	int i;

	check_args(argc, argv);
	sigfillset(&all);
	sigdelset(&all, SIGWINCH);
	pthread_sigmask(SIG_SETMASK, &all, NULL);
	CHECK_EQ(pthread_create(&worker, NULL, work, NULL), 0);
	while (check_more()) {
		fill(worker);
		check_sleep(0.1);
		for (i = 0; i < MANY; i++)
			expect(SIGRTMIN + 1 + 2 * (i % 2), SI_QUEUE, i);
		expect(SIGUSR1, SI_USER, 0);
		expect(SIGRTMIN + 2, SI_QUEUE, 7);
		nothing_left();
		turn++;
		while (done != turn)
			usleep(500);
		one_shot();
	}
	return check_pass();
}
