/* SPDX-License-Identifier: MIT */
/* thread_churn.c - threads are made and joined or detached all the time */
/* test: ranks=1 mpi=none threads=9 */
#include <pthread.h>
#include "check.h"

enum { AT_ONCE = 8 };
static long finished;

static void *sum_to(void *arg)
{
	size_t n = (size_t)arg, i, sum = 0;

	for (i = 0; i <= n; i++)
		sum += i;
	__atomic_add_fetch(&finished, 1, __ATOMIC_SEQ_CST);
	return (void *)sum;
}

static void joined(void)
{
	pthread_t t[AT_ONCE];
	void *result;
	size_t i;

	for (i = 0; i < AT_ONCE; i++)
		CHECK_EQ(
			pthread_create(&t[i], NULL, sum_to, (void *)(i * 1000)),
			0);
	for (i = 0; i < AT_ONCE; i++) {
		CHECK_EQ(pthread_join(t[i], &result), 0);
		CHECK_EQ((size_t)result, i * 1000 * (i * 1000 + 1) / 2);
	}
}

static void detached(void)
{
	pthread_attr_t attr;
	pthread_t t;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	CHECK_EQ(pthread_create(&t, &attr, sum_to, (void *)50000), 0);
	pthread_attr_destroy(&attr);
}

int main(int argc, char **argv)
{
	long started = 0;

	check_args(argc, argv);
	for (; check_more(); started += AT_ONCE + 1) {
		joined();
		detached();
		while (__atomic_load_n(&finished, __ATOMIC_SEQ_CST) <
		       started + AT_ONCE + 1)
			usleep(100);
	}
	CHECK_EQ(finished, started);
	return check_pass();
}
