/* SPDX-License-Identifier: MIT */
/* test_unwind.c - from a thread's registers and stack up to its callers
 *
 * Frames of all kinds that compilers make, of libc and of signals; then
 * registers and stacks that are damaged, which must only come to an end.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "../../lower-half/unwind.h"

#define FRAMES 64
#define NOTED  8
#define NOISE  20000 /* damaged samples */

static struct sample sample;
static uint64_t noted[NOTED]; /* return addresses, the innermost first */
static int n_noted;
static volatile int one = 1;

#define NOTE() (noted[n_noted++] = (uint64_t)__builtin_return_address(0))

static void take(int sig, siginfo_t *info, void *uc)
{
	(void)sig;
	(void)info;
	sample_fill(&sample, uc);
}

static __attribute__((noinline)) void innermost(void)
{
	NOTE();
	raise(SIGUSR1);
	one = 1; /* no jump instead of the call */
}

/* Its frame is found by rbp. */
static __attribute__((noinline)) void grows(void (*next)(void))
{
	volatile char *p = __builtin_alloca((size_t)one * 100);

	p[0] = 1;
	next();
	NOTE();
	p[1] = 1;
}

static void (*behind)(void);

/* Its frame is found by an expression. */
static __attribute__((noinline)) void aligned(void)
{
	volatile char __attribute__((aligned(256))) block[256];

	block[one] = 1;
	grows(behind);
	NOTE();
	block[0] = block[one];
}

static int compare(const void *a, const void *b)
{
	(void)a;
	(void)b;
	if (!n_noted)
		aligned();
	return 0;
}

static __attribute__((noinline)) void by_libc(void)
{
	int v[2] = { 2, 1 };

	qsort(v, 2, sizeof(*v), compare);
	NOTE();
	one = 1;
}

static void on_usr2(int sig)
{
	(void)sig;
	behind = innermost;
	by_libc();
}

static void watch(void)
{
	struct sigaction sa = { .sa_sigaction = take,
				.sa_flags = SA_SIGINFO | SA_NODEFER };

	sigaction(SIGUSR1, &sa, NULL);
	sa = (struct sigaction){ .sa_handler = on_usr2 };
	sigaction(SIGUSR2, &sa, NULL);
	n_noted = 0;
}

/* All that was noted is met, in its order. */
static void meets_all(void)
{
	struct unwind u;
	int i, k = 0;

	unwind_begin(&u, &sample);
	for (i = 0; k < n_noted && i < FRAMES; i++) {
		assert_int_equal(unwind_step(&u), 0);
		k += u.reg[SAMPLE_PC] == noted[k];
	}
	assert_int_equal(k, n_noted);
}

static void test_frames(void **state)
{
	(void)state;
	watch();
	behind = innermost;
	by_libc();
	assert_int_equal(n_noted, 4);
	meets_all();
}

static void test_signal(void **state)
{
	(void)state;
	watch();
	raise(SIGUSR2);
	NOTE();
	assert_int_equal(n_noted, 5);
	meets_all();
}

static void to_the_end(void)
{
	struct unwind u;
	int i = 0;

	unwind_begin(&u, &sample);
	while (i++ < FRAMES && !unwind_step(&u))
		;
}

static void test_damaged(void **state)
{
	static struct sample good;
	uint64_t *stack = (uint64_t *)sample.stack;
	int i, k;

	(void)state;
	good = sample;
	srand(4711);
	for (i = 0; i < NOISE; i++) {
		sample = good;
		for (k = 0; k < 4; k++)
			sample.reg[rand() % SAMPLE_REGS] +=
				(uint64_t)rand() % 64;
		for (k = 0; k < 16; k++)
			stack[rand() % 64] ^= 1UL << rand() % 48;
		sample.n = (size_t)rand() % sizeof(sample.stack);
		to_the_end();
	}
}

static void test_modules(void **state)
{
	uint64_t here = (uint64_t)test_modules, fde;
	struct module m;
	char name[32];

	(void)state;
	assert_int_equal(module_find(here, &m), 0);
	assert_true(m.header && m.frames && m.dynamic);
	assert_int_equal(module_frame(&m, here, &fde), 0);
	assert_true(module_mpi(&m, here, name, sizeof(name)) < 0);
	assert_int_equal(module_find((uint64_t)qsort, &m), 0);
	assert_true(module_mpi(&m, (uint64_t)qsort, name, sizeof(name)) < 0);
	assert_true(module_find(0, &m) < 0);
	assert_true(module_find(4096, &m) < 0);
	assert_true(module_find(~0UL, &m) < 0);
	assert_true(module_peek(8, name, sizeof(name)) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_frames),
		cmocka_unit_test(test_signal),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_modules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
