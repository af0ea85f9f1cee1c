/* SPDX-License-Identifier: MIT */
/* tls.c - thread-local variables, keys with destructors, thread ids */
/* test: ranks=1 mpi=none threads=5 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include "check.h"

enum { THREADS = 4 };
static __thread unsigned long mine[1000];
static __thread int set = 42;
static pthread_key_t key;
static pthread_barrier_t barrier;
static long destroyed;

static void destroy(void *value)
{
	CHECK(value != NULL);
	__atomic_add_fetch(&destroyed, 1, __ATOMIC_SEQ_CST);
}

static void *work(void *arg)
{
	unsigned long me = (unsigned long)arg, i, n;
	pthread_t self = pthread_self();

	CHECK_EQ(set, 42);
	set = (int)me;
	pthread_setspecific(key, arg);
	for (n = 1; n <= 20; n++) {
		for (i = 0; i < 1000; i++)
			mine[i] += me * i;
		pthread_barrier_wait(&barrier);
		usleep(1000);
		errno = (int)me;
		for (i = 0; i < 1000; i++)
			CHECK_EQ(mine[i], n * me * i);
		CHECK_EQ(set, me);
		CHECK_EQ(errno, me);
		CHECK(pthread_getspecific(key) == arg);
		CHECK(pthread_equal(self, pthread_self()));
	}
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t t[THREADS];
	size_t i;
	long made = 0;

	check_args(argc, argv);
	CHECK_EQ(pthread_key_create(&key, destroy), 0);
	pthread_barrier_init(&barrier, NULL, THREADS);
	for (; check_more(); made += THREADS) {
		for (i = 0; i < THREADS; i++)
			CHECK_EQ(pthread_create(&t[i], NULL, work,
						(void *)(i + 1)),
				 0);
		for (i = 0; i < THREADS; i++)
			CHECK_EQ(pthread_join(t[i], NULL), 0);
	}
	CHECK_EQ(destroyed, made);
	return check_pass();
}
