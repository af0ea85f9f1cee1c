/* SPDX-License-Identifier: MIT */
/* threads.c - threads made, joined, detached, cancelled by many others */
/* test: ranks=1 mpi=none threads=60 */
#include "stress.h"

enum { MAKERS = 5, BATCH = 6 };

static __thread unsigned long mine[16] = { 4711 };
static pthread_key_t key;
static long begun, ended, destroyed;

static void destroy(void *p)
{
	CHECK_EQ((unsigned long)p >> 32, 17);
	__atomic_fetch_add(&destroyed, 1, __ATOMIC_SEQ_CST);
}

static void *leaf(void *arg)
{
	unsigned long who = (unsigned long)arg, i;

	__atomic_fetch_add(&begun, 1, __ATOMIC_SEQ_CST);
	CHECK_EQ(mine[0], 4711);
	for (i = 0; i < 16; i++)
		mine[i] = who + i;
	CHECK_EQ(pthread_setspecific(key, (void *)(17UL << 32 | who)), 0);
	if (who % 5 == 0)
		sched_yield();
	if (who % 7 == 0)
		usleep((unsigned)(who % 300));
	for (i = 0; i < 16; i++)
		CHECK_EQ(mine[i], who + i);
	__atomic_fetch_add(&ended, 1, __ATOMIC_SEQ_CST);
	return (void *)(who * 3);
}

/* Makes one itself, so that births are nested. */
static void *branch(void *arg)
{
	unsigned long who = (unsigned long)arg;
	pthread_t t = stress_start(leaf, who + 1);
	void *result;

	leaf(arg);
	CHECK_EQ(pthread_join(t, &result), 0);
	CHECK_EQ((unsigned long)result, (who + 1) * 3);
	return (void *)(who * 3);
}

static void *sleeper(void *arg)
{
	struct timespec t = { 1000, 0 };

	(void)arg;
	for (;;)
		nanosleep(&t, NULL);
	return NULL;
}

static void joined(struct stress_random *r)
{
	pthread_t t[BATCH];
	unsigned long who[BATCH];
	void *result;
	int i;

	for (i = 0; i < BATCH; i++) {
		who[i] = stress_below(r, 1000000);
		t[i] = stress_start(who[i] % 4 ? leaf : branch, who[i]);
	}
	for (i = 0; i < BATCH; i++) {
		CHECK_EQ(pthread_join(t[i], &result), 0);
		CHECK_EQ((unsigned long)result, who[i] * 3);
	}
}

static void detached(struct stress_random *r)
{
	pthread_t t = stress_start(leaf, stress_below(r, 1000000));

	CHECK_EQ(pthread_detach(t), 0);
}

static void cancelled(void)
{
	pthread_t t = stress_start(sleeper, 0);
	void *result;

	CHECK_EQ(pthread_cancel(t), 0);
	CHECK_EQ(pthread_join(t, &result), 0);
	CHECK(result == PTHREAD_CANCELED);
}

static void *maker(void *arg)
{
	struct stress_random r;

	stress_begin(&r, (unsigned long)arg);
	stress_schedule((unsigned long)arg);
	while (!stress_over) {
		joined(&r);
		detached(&r);
		if (stress_below(&r, 3) == 0)
			cancelled();
	}
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t t[MAKERS];
	unsigned long i;
	int tries;

	stress_args(argc, argv);
	CHECK_EQ(pthread_key_create(&key, destroy), 0);
	for (i = 0; i < MAKERS; i++)
		t[i] = stress_start(maker, i);
	stress_wait();
	for (i = 0; i < MAKERS; i++)
		stress_join(t[i]);
	for (tries = 0; tries < 5000 && (ended != begun || destroyed != begun);
	     tries++)
		usleep(1000);
	CHECK_EQ(ended, begun);
	CHECK_EQ(destroyed, begun);
	return check_pass();
}
