/* SPDX-License-Identifier: MIT */
/* thread_pairs.c - threads that make and join threads, all at the same time */
/* test: ranks=1 mpi=none threads=9 */
#include <pthread.h>
#include "check.h"

enum { MAKERS = 4 };

static volatile int stop;
static long made[MAKERS], ran;

static void *leaf(void *arg)
{
	__atomic_fetch_add(&ran, 1, __ATOMIC_RELAXED);
	return arg;
}

static void *maker(void *arg)
{
	long *n = (long *)arg;
	void *result;
	pthread_t t;

	while (!stop) {
		CHECK_EQ(pthread_create(&t, NULL, leaf, &t), 0);
		CHECK_EQ(pthread_join(t, &result), 0);
		CHECK(result == &t);
		__atomic_fetch_add(n, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t t[MAKERS];
	long sum = 0, before;
	int i;

	check_args(argc, argv);
	for (i = 0; i < MAKERS; i++)
		CHECK_EQ(pthread_create(&t[i], NULL, maker, &made[i]), 0);
	while (check_more()) {
		before = __atomic_load_n(&ran, __ATOMIC_RELAXED);
		for (i = 0; i < 1000 &&
			    __atomic_load_n(&ran, __ATOMIC_RELAXED) == before;
		     i++)
			check_sleep(0.01);
		CHECK(i < 1000); /* none of them hangs */
	}
	stop = 1;
	for (i = 0; i < MAKERS; i++) {
		CHECK_EQ(pthread_join(t[i], NULL), 0);
		sum += made[i];
	}
	CHECK_EQ(sum, ran);
	return check_pass();
}
