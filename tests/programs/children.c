/* SPDX-License-Identifier: MIT */
/* children.c - children made in every way, from threads, that use their heap,
 * make threads and children of their own, and end */
/* test: ranks=1 mpi=none threads=3 ckpt=may */
#define _GNU_SOURCE
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include "check.h"

enum { WAYS = 9, PIECES = 400 };

static volatile int stop;
static volatile long churned;

/* Holds the heap's and our own locks now and then, as others fork. */
static void *churn(void *arg)
{
	while (!stop) {
		char *p = (char *)malloc(300000);

		CHECK(p != NULL);
		p[0] = 1;
		free(p);
		p = (char *)mmap(NULL, 8192, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		CHECK(p != MAP_FAILED);
		p[0] = 1;
		munmap(p, 8192);
		churned++;
	}
	return arg;
}

static void *in_thread(void *arg)
{
	free(malloc(1000));
	return arg;
}

static int grow(void)
{
	pthread_t t;
	char *p;
	int i;

	for (i = 0; i < PIECES; i++) {
		p = (char *)malloc(1000 + 10 * (size_t)i);
		if (!p)
			return 2;
		memset(p, i, 1000);
	}
	if (pthread_create(&t, NULL, in_thread, NULL) || pthread_join(t, NULL))
		return 3;
	return 0;
}

static int in_clone(void *arg)
{
	(void)arg;
	return grow();
}

static int grandchild(void)
{
	int status;
	pid_t p = fork();

	if (p == 0)
		_exit(grow());
	return waitpid(p, &status, 0) == p ? status : 4;
}

static pid_t spawn(void)
{
	char *argv[] = { (char *)"true", NULL };
	pid_t p;

	return posix_spawnp(&p, "true", NULL, NULL, argv, NULL) ? -1 : p;
}

static pid_t make(int way)
{
	struct clone_args a = { .exit_signal = SIGCHLD };
	static char stack[65536] __attribute__((aligned(16)));
	pid_t p;

	switch (way) {
	case 0:
		p = fork();
		break;
	case 1:
		p = (pid_t)syscall(SYS_fork);
		break;
	case 2:
		p = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
		break;
	case 3:
		p = (pid_t)syscall(SYS_clone3, &a, sizeof(a));
		CHECK_EQ(a.stack_size, 0);
		break;
	case 4:
		return clone(in_clone, stack + sizeof(stack), SIGCHLD, NULL);
	case 5:
		p = vfork();
		if (p == 0)
			execlp("true", "true", (char *)NULL);
		return p;
	case 6:
		return spawn();
	case 7:
		p = fork();
		if (p == 0)
			execl("/proc/self/exe", "children", "--child",
			      (char *)NULL);
		return p;
	default:
		p = fork();
		if (p == 0)
			_exit(grandchild());
		return p;
	}
	if (p == 0)
		_exit(grow());
	return p;
}

int main(int argc, char **argv)
{
	int way, status;
	pthread_t t;
	long before;
	pid_t p;

	if (argc > 1 && !strcmp(argv[1], "--child"))
		return 0;
	check_args(argc, argv);
	CHECK_EQ(pthread_create(&t, NULL, churn, NULL), 0);
	while (check_more()) {
		for (way = 0; way < WAYS; way++) {
			p = make(way);
			CHECK(p > 0);
			CHECK_EQ(waitpid(p, &status, 0), p);
			CHECK_EQ(status, 0);
		}
		before = churned;
		for (way = 0; way < 1000 && churned == before; way++)
			check_sleep(0.005);
		CHECK(churned > before);
		if (check.round % 10 == 0)
			check_sleep(0.3); /* for a checkpoint */
	}
	stop = 1;
	CHECK_EQ(pthread_join(t, NULL), 0);
	return check_pass();
}
