/* SPDX-License-Identifier: MIT */
/* registers.c - integer, x87 and vector registers, rounding mode, flags */
/* test: ranks=1 mpi=none threads=3 libs=-lm */
#include <fenv.h>
#include <pthread.h>
#include "check.h"

/* The same sums, in vectors and in x87, again and again. */
static void *work(void *arg)
{
	double v[8], want[8];
	long double x, first = 0;
	int i, n, mode = arg ? FE_UPWARD : FE_DOWNWARD;
	volatile double one = 1;

	fesetround(mode);
	for (n = 0; n < 200; n++) {
		for (i = 0; i < 8; i++)
			v[i] = i;
		for (i = 0; i < 80000; i++)
			v[i % 8] = v[i % 8] * 0.999 + 1;
		if (n == 0)
			memcpy(want, v, sizeof(v));
		CHECK_EQ(memcmp(want, v, sizeof(v)), 0);
		for (x = 1, i = 0; i < 10000; i++)
			x = x / 3 + 1;
		if (n == 0)
			first = x;
		CHECK(first == x);
		CHECK_EQ(fegetround(), mode);
		CHECK_EQ(one / 3 > 1.0 / 3, mode == FE_UPWARD);
	}
	return arg;
}

int main(int argc, char **argv)
{
	pthread_t t[2];
	size_t i;

	check_args(argc, argv);
	while (check_more()) {
		for (i = 0; i < 2; i++)
			CHECK_EQ(pthread_create(&t[i], NULL, work, (void *)i),
				 0);
		for (i = 0; i < 2; i++)
			CHECK_EQ(pthread_join(t[i], NULL), 0);
		CHECK_EQ(fegetround(), FE_TONEAREST);
	}
	return check_pass();
}
