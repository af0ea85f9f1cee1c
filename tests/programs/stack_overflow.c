/* SPDX-License-Identifier: MIT */
/* stack_overflow.c - a stack that overflows is told so, wherever its frames
 * lie: nothing is within a mebibyte below it (stack_guard_gap) */
/* test: ranks=1 mpi=none */
#define _GNU_SOURCE
#include <alloca.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include "check.h"

enum { FRAME = 4000, ALTERNATE = 1 << 16 };

static sigjmp_buf out;
static volatile uintptr_t deepest;

static void overflow(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	deepest = (uintptr_t)info->si_addr;
	siglongjmp(out, 1);
}

static long __attribute__((noinline)) descend(long depth)
{
	volatile char frame[FRAME];

	if (depth < 0)
		return 0;
	frame[0] = (char)depth;
	return descend(depth + 1) + frame[0];
}

/* In the mebibyte below addr, where the stack ends. */
static void nothing_below(uintptr_t addr)
{
	unsigned long from, to;
	char line[512], flags[8];
	FILE *f = fopen("/proc/self/maps", "r");

	CHECK(f != NULL);
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "%lx-%lx %7s", &from, &to, flags) == 3 &&
		    to > addr - (1 << 20) && from < addr)
			CHECK_EQ(strncmp(flags, "---", 3), 0);
	fclose(f);
}

int main(int argc, char **argv)
{
	struct sigaction sa = { .sa_sigaction = overflow,
				.sa_flags = SA_SIGINFO | SA_ONSTACK };
	stack_t stack = { .ss_size = ALTERNATE };

	check_args(argc, argv);
	stack.ss_sp = malloc(ALTERNATE);
	CHECK(stack.ss_sp != NULL);
	CHECK_EQ(sigaltstack(&stack, NULL), 0);
	CHECK_EQ(sigaction(SIGSEGV, &sa, NULL), 0);
	while (check_more()) {
		/* Frames begin elsewhere each time. */
		volatile char *p = alloca(16 * (size_t)(check.round % 250 + 1));

		*p = 1;
		deepest = 0;
		if (!sigsetjmp(out, 1))
			descend(0);
		CHECK(deepest != 0);
		nothing_below((deepest | 4095) + 1);
		check_sleep(0.01);
	}
	return check_pass();
}
