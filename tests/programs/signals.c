/* SPDX-License-Identifier: MIT */
/* signals.c - handlers, masks, pending signals, altstack, timer */
/* test: ranks=1 mpi=none threads=2 */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <sys/time.h>
#include "check.h"

static volatile sig_atomic_t user1, user2, alarms, last_value;
static char alternate[65536];

static void on_user1(int sig)
{
	user1 = user1 + (sig == SIGUSR1);
}

/* Runs on the alternate stack and with SIGUSR1 blocked. */
static void on_user2(int sig, siginfo_t *info, void *context)
{
	char here;
	sigset_t now;

	CHECK(sig == SIGUSR2 && context != NULL);
	CHECK(&here > alternate && &here < alternate + sizeof(alternate));
	sigprocmask(SIG_BLOCK, NULL, &now);
	CHECK(sigismember(&now, SIGUSR1));
	last_value = info->si_value.sival_int;
	user2 = user2 + 1;
}

static void on_alarm(int sig)
{
	alarms = alarms + (sig == SIGALRM);
}

static void install(void)
{
	stack_t stack = { .ss_sp = alternate, .ss_size = sizeof(alternate) };
	struct sigaction a;

	CHECK_EQ(sigaltstack(&stack, NULL), 0);
	memset(&a, 0, sizeof(a));
	sigemptyset(&a.sa_mask);
	a.sa_handler = on_user1;
	a.sa_flags = SA_RESTART;
	CHECK_EQ(sigaction(SIGUSR1, &a, NULL), 0);
	a.sa_handler = on_alarm;
	CHECK_EQ(sigaction(SIGALRM, &a, NULL), 0);
	sigaddset(&a.sa_mask, SIGUSR1);
	a.sa_sigaction = on_user2;
	a.sa_flags = SA_SIGINFO | SA_ONSTACK;
	CHECK_EQ(sigaction(SIGUSR2, &a, NULL), 0);
}

static void installed(void)
{
	struct sigaction a;
	stack_t stack;

	CHECK_EQ(sigaction(SIGUSR2, NULL, &a), 0);
	CHECK(a.sa_sigaction == on_user2);
	CHECK(a.sa_flags & SA_ONSTACK);
	CHECK_EQ(sigaltstack(NULL, &stack), 0);
	CHECK(stack.ss_sp == alternate);
}

/* Blocked, sent, still pending a while later, then delivered once. */
static void pending(void)
{
	sigset_t block, old, waiting;
	sig_atomic_t before = user1;

	sigemptyset(&block);
	sigaddset(&block, SIGUSR1);
	CHECK_EQ(pthread_sigmask(SIG_BLOCK, &block, &old), 0);
	CHECK_EQ(pthread_kill(pthread_self(), SIGUSR1), 0);
	check_sleep(0.1);
	CHECK_EQ(user1, before);
	CHECK_EQ(sigpending(&waiting), 0);
	CHECK(sigismember(&waiting, SIGUSR1));
	CHECK_EQ(pthread_sigmask(SIG_SETMASK, &old, NULL), 0);
	CHECK_EQ(user1, before + 1);
}

int main(int argc, char **argv)
{
	struct itimerval timer = { { 0, 20000 }, { 0, 20000 } };
	union sigval value;
	sig_atomic_t before;

	check_args(argc, argv);
	install();
	CHECK_EQ(setitimer(ITIMER_REAL, &timer, NULL), 0);
	while (check_more()) {
		installed();
		before = user1;
		raise(SIGUSR1);
		CHECK_EQ(user1, before + 1);
		before = user2;
		value.sival_int = (int)check.round;
		CHECK_EQ(sigqueue(getpid(), SIGUSR2, value), 0);
		CHECK_EQ(user2, before + 1);
		CHECK_EQ(last_value, check.round);
		pending();
	}
	before = alarms;
	CHECK(before > 0);
	check_sleep(0.3);
	CHECK(alarms > before);
	return check_pass();
}
