/* SPDX-License-Identifier: MIT */
/* address_sanitizer.c - a program built with -fsanitize=address, whose heap
 * and shadow its run-time library maps by system calls of its own */
/* test: ranks=1 mpi=none threads=2
 * cflags=-fsanitize=address,-fno-omit-frame-pointer */
#include <pthread.h>
#include <sys/wait.h>
#include "check.h"

enum { PIECES = 64 };

static volatile int stop;

static void churn(unsigned long seed)
{
	unsigned char *p[PIECES];
	size_t i, n;

	for (i = 0; i < PIECES; i++) {
		n = 16 + (seed * 7919 + i * 104729) % 20000;
		p[i] = (unsigned char *)malloc(n);
		CHECK(p[i] != NULL);
		check_fill(p[i], n, seed + i);
	}
	check_sleep(0.005);
	for (i = 0; i < PIECES; i++) {
		n = 16 + (seed * 7919 + i * 104729) % 20000;
		check_same(p[i], n, seed + i);
		free(p[i]);
	}
}

static void *work(void *arg)
{
	while (!stop) {
		free(malloc(100));
		usleep(1000);
	}
	return arg;
}

static void child(void)
{
	int status;
	pid_t p = fork();

	if (p == 0) {
		free(malloc(100000));
		_exit(0);
	}
	CHECK_EQ(waitpid(p, &status, 0), p);
	CHECK_EQ(status, 0);
}

int main(int argc, char **argv)
{
	unsigned char *kept = (unsigned char *)malloc(1 << 20);
	pthread_t t;

	check_args(argc, argv);
	check_fill(kept, 1 << 20, 1);
	CHECK_EQ(pthread_create(&t, NULL, work, NULL), 0);
	while (check_more()) {
		churn((unsigned long)check.round);
		check_same(kept, 1 << 20, 1);
		if (check.round % 30 == 1)
			child();
	}
	stop = 1;
	CHECK_EQ(pthread_join(t, NULL), 0);
	free(kept);
	return check_pass();
}
