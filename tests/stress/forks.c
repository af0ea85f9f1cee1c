/* SPDX-License-Identifier: MIT */
/*
 * forks.c - processes made by several threads while others make threads, map
 * memory and open files; the children do all of that, too
 */
/* test: ranks=1 mpi=none threads=8 ckpt=may */
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include "stress.h"

enum { FORKERS = 3, CHURNERS = 3 };

extern char **environ;

static void *child_thread(void *arg)
{
	char *p = malloc(1 << 20);

	CHECK(p != NULL);
	memset(p, 7, 1 << 20);
	free(p);
	return arg;
}

/* In a child: the heap grows, threads come and go, files are opened. */
static int child_life(unsigned what)
{
	unsigned char *p;
	pthread_t t;
	int i, fd;

	for (i = 0; i < 20; i++) {
		p = malloc(200000 + (size_t)i * 1000);
		CHECK(p != NULL);
		check_fill(p, 200000, (unsigned long)i);
		check_same(p, 200000, (unsigned long)i);
		if (i % 2)
			free(p);
	}
	if (what & 1) {
		CHECK_EQ(pthread_create(&t, NULL, child_thread, NULL), 0);
		CHECK_EQ(pthread_join(t, NULL), 0);
	}
	if (what & 2) {
		fd = open("/proc/self/status", O_RDONLY);
		CHECK(fd >= 0);
		close(fd);
	}
	return (int)(what & 15) + 1;
}

static int reap(pid_t pid)
{
	int status = -1;

	CHECK(pid > 0);
	while (waitpid(pid, &status, 0) < 0)
		CHECK_EQ(errno, EINTR);
	CHECK(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void forked(unsigned what)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(child_life(what));
	CHECK_EQ(reap(pid), (what & 15) + 1);
}

/* A child's child, and an exec. */
static void twice(unsigned what)
{
	pid_t pid = fork();

	if (pid == 0) {
		pid = fork();
		if (pid == 0)
			_exit(child_life(what));
		CHECK_EQ(reap(pid), (what & 15) + 1);
		execl("/bin/true", "true", (char *)NULL);
		_exit(99);
	}
	CHECK_EQ(reap(pid), 0);
}

static void vforked(void)
{
	pid_t pid = vfork();

	if (pid == 0) {
		execl("/bin/false", "false", (char *)NULL);
		_exit(99);
	}
	CHECK_EQ(reap(pid), 1);
}

static void spawned(void)
{
	char *argv[] = { "true", NULL };
	pid_t pid;

	CHECK_EQ(posix_spawn(&pid, "/bin/true", NULL, NULL, argv, environ), 0);
	CHECK_EQ(reap(pid), 0);
}

static void *forker(void *arg)
{
	struct stress_random r;

	stress_begin(&r, (unsigned long)arg);
	stress_schedule((unsigned long)arg);
	while (!stress_over) {
		switch (stress_below(&r, 5)) {
		case 0:
			vforked();
			break;
		case 1:
			spawned();
			break;
		case 2:
			twice(stress_below(&r, 16));
			break;
		default:
			forked(stress_below(&r, 16));
		}
		usleep(stress_below(&r, 3000));
	}
	return NULL;
}

static void *leaf(void *arg)
{
	return arg;
}

static void *churner(void *arg)
{
	struct stress_random r;
	size_t len;
	char *p;
	int fd;

	stress_begin(&r, (unsigned long)arg + 100);
	while (!stress_over) {
		stress_join(stress_start(leaf, 0));
		len = 1 + stress_below(&r, 600000);
		p = malloc(len);
		CHECK(p != NULL);
		p[0] = p[len - 1] = 1;
		free(p);
		fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
		CHECK(fd >= 0);
		CHECK_EQ(close(fd), 0);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t t[FORKERS + CHURNERS];
	unsigned long i;

	stress_args(argc, argv);
	for (i = 0; i < FORKERS + CHURNERS; i++)
		t[i] = stress_start(i < FORKERS ? forker : churner, i);
	stress_wait();
	for (i = 0; i < FORKERS + CHURNERS; i++)
		stress_join(t[i]);
	return check_pass();
}
