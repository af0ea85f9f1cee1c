/* SPDX-License-Identifier: MIT */
/* malloc_churn.c - malloc, realloc, free of all sizes keep their contents */
/* test: ranks=1 mpi=none threads=3 */
#include <pthread.h>
#include "check.h"

enum { SLOTS = 300, STEPS = 20000 };

struct slot {
	void *p;
	size_t len;
	unsigned long seed;
};

static unsigned long next(unsigned long *x)
{
	*x = *x * 6364136223846793005UL + 1442695040888963407UL;
	return *x >> 33;
}

/* Mostly small blocks, now and then one that malloc maps. */
static size_t length(unsigned long *x)
{
	unsigned long kind = next(x) % 200;

	return 1 + next(x) % (kind == 0 ? 600000 : kind < 20 ? 20000 : 300);
}

static void step(struct slot *s, unsigned long *x)
{
	size_t len = length(x), keep;

	if (s->p && next(x) % 3 == 0) {
		check_same(s->p, s->len, s->seed);
		free(s->p);
		s->p = NULL;
		return;
	}
	keep = !s->p ? 0 : len < s->len ? len : s->len;
	s->p = realloc(s->p, len);
	CHECK(s->p != NULL);
	check_same(s->p, keep, s->seed);
	s->len = len;
	s->seed = next(x);
	check_fill(s->p, len, s->seed);
}

static void *work(void *arg)
{
	struct slot *slots = calloc(SLOTS, sizeof(*slots));
	unsigned long x = (unsigned long)arg * 77 + (unsigned long)check.round;
	int i;

	CHECK(slots != NULL);
	for (i = 0; i < STEPS; i++)
		step(&slots[next(&x) % SLOTS], &x);
	for (i = 0; i < SLOTS; i++) {
		if (slots[i].p)
			check_same(slots[i].p, slots[i].len, slots[i].seed);
		free(slots[i].p);
	}
	free(slots);
	return NULL;
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
	}
	return check_pass();
}
