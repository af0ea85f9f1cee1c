/* SPDX-License-Identifier: MIT */
/* guard_regions.c - pages made inaccessible by MADV_GUARD_INSTALL stay so
 *
 * Of anonymous memory, of a file's (6.15), moved, cut, forked and taken back.
 * What is beside them is as it was; nothing of them is data.
 */
/* test: ranks=1 mpi=none */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include "check.h"

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#define MADV_GUARD_REMOVE  103
#endif
#define PAGE  4096UL
#define PAGES 16UL
#define MANY  512UL /* guards of one page each, in one area */

static sigjmp_buf back;
static char *area, *many, *file;

static void faulted(int sig)
{
	siglongjmp(back, sig);
}

/* 0, or the signal that a load or a store gets. */
static int touch(char *p, int store)
{
	int sig = sigsetjmp(back, 1);

	if (sig)
		return sig;
	if (store)
		*(volatile char *)p = 1;
	else
		(void)*(volatile char *)p;
	return 0;
}

static void is_guard(char *p)
{
	CHECK_EQ(touch(p, 0), SIGSEGV);
	CHECK_EQ(touch(p + PAGE - 1, 1), SIGSEGV);
}

/* Bit i of guards: page i of p is one; the others hold pattern seed. */
static void check_pages(char *p, unsigned long n, unsigned long guards,
			unsigned long seed)
{
	unsigned long i;

	for (i = 0; i < n; i++)
		if (guards >> i & 1)
			is_guard(p + i * PAGE);
		else
			check_same(p + i * PAGE, PAGE, seed + i);
}

static char *map(unsigned long pages, unsigned long seed)
{
	char *p = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned long i;

	CHECK(p != MAP_FAILED);
	for (i = 0; i < pages; i++)
		check_fill(p + i * PAGE, PAGE, seed + i);
	return p;
}

static void guard(char *p, unsigned long from, unsigned long n, int advice)
{
	CHECK_EQ(madvise(p + from * PAGE, n * PAGE, advice), 0);
}

/* Pages 1, 2, 5 and 9 are guards in the end, of 12. */
static void make_area(void)
{
	area = map(PAGES, 100);
	guard(area, 1, 3, MADV_GUARD_INSTALL);
	guard(area, 3, 1, MADV_GUARD_REMOVE);
	CHECK_EQ(area[3 * PAGE], 0);
	check_fill(area + 3 * PAGE, PAGE, 103);
	guard(area, 5, 1, MADV_GUARD_INSTALL);
	guard(area, 9, 7, MADV_GUARD_INSTALL);
	guard(area, 10, 2, MADV_GUARD_REMOVE);
	check_fill(area + 10 * PAGE, PAGE, 110);
	check_fill(area + 11 * PAGE, PAGE, 111);
	CHECK_EQ(munmap(area + 12 * PAGE, 4 * PAGE), 0);
	CHECK_EQ(mprotect(area + 8 * PAGE, 3 * PAGE, PROT_READ), 0);
	area = mremap(area, 8 * PAGE, 8 * PAGE, MREMAP_MAYMOVE); /* in place */
	CHECK(area != MAP_FAILED);
}

#define AREA 0x226UL

static void make_many(void)
{
	unsigned long i;
	char *to;

	many = map(2 * MANY, 1000);
	for (i = 0; i < MANY; i++)
		guard(many, 2 * i, 1, MADV_GUARD_INSTALL);
	to = mmap(NULL, 3 * MANY * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
		  -1, 0);
	CHECK(to != MAP_FAILED);
	many = mremap(many, 2 * MANY * PAGE, 2 * MANY * PAGE,
		      MREMAP_MAYMOVE | MREMAP_FIXED, to);
	CHECK(many == to);
}

static void check_many(void)
{
	unsigned long i;

	for (i = check.round % 7; i < MANY; i += 7) {
		is_guard(many + 2 * i * PAGE);
		check_same(many + (2 * i + 1) * PAGE, PAGE, 1001 + 2 * i);
	}
}

/* Kernels before 6.15 have them in anonymous memory only. */
static void make_file(void)
{
	int fd = open("/proc/self/exe", O_RDONLY);

	file = mmap(NULL, 4 * PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
	CHECK(fd >= 0 && file != MAP_FAILED);
	close(fd);
	if (madvise(file + PAGE, PAGE, MADV_GUARD_INSTALL) < 0) {
		CHECK_EQ(errno, EINVAL);
		file = NULL;
	}
}

static void check_file(void)
{
	if (!file)
		return;
	CHECK_EQ(memcmp(file, "\177ELF", 4), 0);
	is_guard(file + PAGE);
	CHECK_EQ(touch(file + 2 * PAGE, 0), 0);
}

static void in_child(void)
{
	pid_t pid = fork();
	int status;

	CHECK(pid >= 0);
	if (pid == 0) {
		check_pages(area, 12, AREA, 100);
		_exit(0);
	}
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK_EQ(status, 0);
}

/* One more comes and goes all the time. */
static void change(void)
{
	guard(area, 7, 1, MADV_GUARD_INSTALL);
	check_pages(area, 12, AREA | 0x80, 100);
	guard(area, 7, 1, MADV_GUARD_REMOVE);
	check_fill(area + 7 * PAGE, PAGE, 107);
}

int main(int argc, char **argv)
{
	struct sigaction sa = { .sa_handler = faulted };

	check_args(argc, argv);
	sigaction(SIGSEGV, &sa, NULL);
	area = map(1, 0);
	if (madvise(area, PAGE, MADV_GUARD_INSTALL) < 0) { /* before 6.13 */
		while (check_more())
			check_sleep(0.01);
		return check_pass();
	}
	make_area();
	make_many();
	make_file();
	while (check_more()) {
		check_pages(area, 12, AREA, 100);
		check_many();
		check_file();
		change();
		if (check.round % 64 == 0)
			in_child();
	}
	return check_pass();
}
