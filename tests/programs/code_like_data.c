/* SPDX-License-Identifier: MIT */
/* code_like_data.c - bytes of instructions that look like a system call, and
 * are none, stay as they are: a program that makes code has them */
/* test: ranks=1 mpi=none */
#define _GNU_SOURCE
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include "check.h"

/* mov $39,%eax; syscall; ret, in the memory's order */
#define CODE 0xc3050f00000027b8UL
/* syscall; cmp $-4095,%rax, of which the rest follows */
#define OTHER 0xfffff0013d48050fUL

static uint64_t constant(void)
{
	uint64_t v;

	__asm__ volatile("movabs %1, %0" : "=r"(v) : "i"(CODE));
	return v;
}

static uint64_t other(void)
{
	uint64_t v;

	__asm__ volatile("movabs %1, %0" : "=r"(v) : "i"(OTHER));
	return v;
}

int main(int argc, char **argv)
{
	volatile uint64_t inverse = ~CODE, inverse_other = ~OTHER;
	uint64_t *page;
	int (*call)(void);

	check_args(argc, argv);
	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(page != MAP_FAILED);
	call = (int (*)(void))page;
	while (check_more()) {
		CHECK_EQ(constant() ^ inverse, ~0UL);
		CHECK_EQ(other() ^ inverse_other, ~0UL);
		*page = constant();
		CHECK(call() > 0);
		check_sleep(0.01);
	}
	return check_pass();
}
