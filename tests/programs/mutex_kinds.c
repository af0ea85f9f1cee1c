/* SPDX-License-Identifier: MIT */
/* mutex_kinds.c - recursive, errorcheck, robust mutexes, rwlock held long */
/* test: ranks=1 mpi=none threads=2 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include "check.h"

static pthread_mutex_t recursive, strict, robust;
static pthread_rwlock_t rw = PTHREAD_RWLOCK_INITIALIZER;

static void make(pthread_mutex_t *m, int type, int is_robust)
{
	pthread_mutexattr_t a;

	pthread_mutexattr_init(&a);
	pthread_mutexattr_settype(&a, type);
	if (is_robust)
		pthread_mutexattr_setrobust(&a, PTHREAD_MUTEX_ROBUST);
	pthread_mutex_init(m, &a);
	pthread_mutexattr_destroy(&a);
}

static void *other(void *arg)
{
	CHECK_EQ(pthread_mutex_trylock(&recursive), EBUSY);
	CHECK_EQ(pthread_mutex_trylock(&strict), EBUSY);
	CHECK_EQ(pthread_mutex_unlock(&strict), EPERM);
	CHECK_EQ(pthread_mutex_unlock(&recursive), EPERM);
	CHECK_EQ(pthread_rwlock_trywrlock(&rw), EBUSY);
	CHECK_EQ(pthread_rwlock_tryrdlock(&rw), 0);
	CHECK_EQ(pthread_rwlock_unlock(&rw), 0);
	return arg;
}

static void *dies_holding(void *arg)
{
	CHECK_EQ(pthread_mutex_lock(&robust), 0);
	return arg;
}

static void in_thread(void *(*f)(void *))
{
	pthread_t t;

	CHECK_EQ(pthread_create(&t, NULL, f, NULL), 0);
	CHECK_EQ(pthread_join(t, NULL), 0);
}

static void held(void)
{
	CHECK_EQ(pthread_mutex_lock(&recursive), 0);
	CHECK_EQ(pthread_mutex_lock(&strict), 0);
	CHECK_EQ(pthread_rwlock_rdlock(&rw), 0);
	check_sleep(0.3);
	CHECK_EQ(pthread_mutex_lock(&recursive), 0);
	CHECK_EQ(pthread_mutex_lock(&strict), EDEADLK);
	in_thread(other);
	CHECK_EQ(pthread_mutex_unlock(&recursive), 0);
	CHECK_EQ(pthread_mutex_unlock(&recursive), 0);
	CHECK_EQ(pthread_mutex_unlock(&recursive), EPERM);
	CHECK_EQ(pthread_mutex_unlock(&strict), 0);
	CHECK_EQ(pthread_rwlock_unlock(&rw), 0);
}

int main(int argc, char **argv)
{
	check_args(argc, argv);
	make(&recursive, PTHREAD_MUTEX_RECURSIVE, 0);
	make(&strict, PTHREAD_MUTEX_ERRORCHECK, 0);
	make(&robust, PTHREAD_MUTEX_NORMAL, 1);
	while (check_more()) {
		held();
		in_thread(dies_holding);
		CHECK_EQ(pthread_mutex_lock(&robust), EOWNERDEAD);
		CHECK_EQ(pthread_mutex_consistent(&robust), 0);
		CHECK_EQ(pthread_mutex_unlock(&robust), 0);
	}
	return check_pass();
}
