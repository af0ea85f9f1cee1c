/* SPDX-License-Identifier: MIT */
/* sparse.c - 64 GiB reserved, a few pages used, guard pages never touched */
/* test: ranks=1 mpi=none threads=1 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include "check.h"

#define SIZE (64UL << 30)
enum { USED = 200, PAGE = 4096 };
static sigjmp_buf back;
static volatile sig_atomic_t faults;

static void on_fault(int sig)
{
	faults = faults + (sig == SIGSEGV);
	siglongjmp(back, 1);
}

static char *page(char *base, int i)
{
	return base + (SIZE / USED * (unsigned long)i & ~(PAGE - 1UL));
}

static void touch_guard(const volatile char *guard)
{
	sig_atomic_t before = faults;

	if (sigsetjmp(back, 1) == 0)
		(void)*guard;
	CHECK_EQ(faults, before + 1);
}

int main(int argc, char **argv)
{
	char *base, *guard;
	int i;

	check_args(argc, argv);
	signal(SIGSEGV, on_fault);
	base = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	guard = mmap(NULL, 1 << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		     0);
	CHECK(base != MAP_FAILED && guard != MAP_FAILED);
	for (i = 0; i < USED; i++)
		check_fill(page(base, i), PAGE, (unsigned long)i);
	while (check_more()) {
		for (i = 0; i < USED; i++)
			check_same(page(base, i), PAGE, (unsigned long)i);
		CHECK_EQ(page(base, 7)[PAGE], 0);
		touch_guard(guard + 5000);
		check_sleep(0.01);
	}
	return check_pass();
}
