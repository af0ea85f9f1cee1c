/* SPDX-License-Identifier: MIT */
/* thread_cancel.c - threads are cancelled in calls that wait
 *
 * Before the call, at its beginning, or long after. What C++ would destroy is
 * seen by the cleanup attribute: the unwinder must find its way out of the
 * call.
 */
/* test: ranks=1 mpi=none threads=2 cflags=-fexceptions begins=late */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/select.h>
#include <sys/stat.h>
#include "check.h"

static int ends[2], full[2];
static sem_t begun, never;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static char fifo[64];
static int left, handled; /* of one thread at a time */

static void leave(int *in)
{
	left += *in;
}

static void handler(void *arg)
{
	handled++;
	if (arg)
		pthread_mutex_unlock(arg);
}

static void wait_read(void)
{
	char c;

	read(ends[0], &c, 1);
}

static void wait_write(void)
{
	write(full[1], "x", 1);
}

static void wait_poll(void)
{
	struct pollfd p = { ends[0], POLLIN, 0 };

	poll(&p, 1, -1);
}

static void wait_sleep(void)
{
	struct timespec t = { 1000, 0 };

	nanosleep(&t, NULL);
}

static void wait_select(void)
{
	fd_set set;

	FD_ZERO(&set);
	FD_SET(ends[0], &set);
	select(ends[0] + 1, &set, NULL, NULL, NULL);
}

static void wait_sem(void)
{
	sem_wait(&never);
}

static void wait_cond(void)
{
	pthread_mutex_lock(&mutex);
	pthread_cleanup_push(handler, &mutex);
	for (;;)
		pthread_cond_wait(&cond, &mutex);
	pthread_cleanup_pop(0);
}

static void wait_open(void)
{
	open(fifo, O_RDONLY);
}

static void wait_signal(void)
{
	sigset_t set;
	int sig;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	sigwait(&set, &sig);
}

static void (*const waits[])(void) = {
	wait_read, wait_write, wait_poll, wait_sleep,  wait_select,
	wait_sem,  wait_cond,  wait_open, wait_signal,
};

#define WAITS (long)(sizeof(waits) / sizeof(waits[0]))

static void *waiter(void *arg)
{
	int in __attribute__((cleanup(leave))) = 1;

	pthread_cleanup_push(handler, NULL);
	sem_post(&begun);
	for (;;)
		waits[(long)arg]();
	pthread_cleanup_pop(0);
	return NULL;
}

/* late: it waits; before that, docs/limits.md. */
static void cancel_one(long k, int late, unsigned delay)
{
	struct timespec ms = { 0, 1000000 };
	volatile unsigned i;
	pthread_t t;
	void *result;

	left = handled = 0;
	CHECK_EQ(pthread_create(&t, NULL, waiter, (void *)k), 0);
	while (sem_wait(&begun))
		;
	for (i = 0; i < delay && !late; i++)
		;
	if (late)
		nanosleep(&ms, NULL);
	CHECK_EQ(pthread_cancel(t), 0);
	CHECK_EQ(pthread_join(t, &result), 0);
	CHECK(result == PTHREAD_CANCELED);
	if (late) {
		CHECK_EQ(left, 1);
		CHECK_EQ(handled, waits[k] == wait_cond ? 2 : 1);
		CHECK_EQ(pthread_mutex_trylock(&mutex), 0);
	} else {
		pthread_mutex_trylock(&mutex);
	}
	pthread_mutex_unlock(&mutex);
}

int main(int argc, char **argv)
{
	sigset_t set;
	long k = 0;

	check_args(argc, argv);
	snprintf(fifo, sizeof(fifo), "thread_cancel.%d", (int)getpid());
	CHECK_EQ(mkfifo(fifo, 0600), 0);
	CHECK_EQ(pipe(ends), 0);
	CHECK_EQ(pipe(full), 0);
	fcntl(full[1], F_SETFL, O_NONBLOCK);
	while (write(full[1], fifo, sizeof(fifo)) > 0)
		;
	fcntl(full[1], F_SETFL, 0);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, NULL);
	sem_init(&begun, 0, 0);
	sem_init(&never, 0, 0);
	while (check_more())
		for (k = 0; k < WAITS; k++)
			cancel_one(k, (check.round + k) % 3 == 0,
				   (unsigned)check.round * 37 % 4000);
	unlink(fifo);
	return check_pass();
}
