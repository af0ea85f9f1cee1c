/* SPDX-License-Identifier: MIT */
/*
 * memory.c - mappings made, moved, grown, given up by several threads; what is
 * in one of them is never another's
 */
/* test: ranks=1 mpi=none threads=6 */
#define _GNU_SOURCE
#include <sys/mman.h>
#include "stress.h"

enum { THREADS = 5, BLOCKS = 12, PAGE = 4096 };
#define RW	  (PROT_READ | PROT_WRITE)
#define ANONYMOUS (MAP_PRIVATE | MAP_ANONYMOUS)

/* Far from all else: what is mapped here is named by address. */
static char *const shared_hint = (char *)0x7c0000000000;

struct block {
	unsigned char *at;
	size_t len;
	unsigned long seed;
};

static void fill(struct block *b)
{
	size_t i;

	for (i = 0; i < b->len; i += PAGE)
		check_fill(b->at + i, 64, b->seed + i);
}

static void verify(const struct block *b)
{
	size_t i;

	for (i = 0; i < b->len; i += PAGE)
		check_same(b->at + i, 64, b->seed + i);
}

static size_t some_pages(struct stress_random *r)
{
	unsigned most = stress_below(r, 8) ? 40 : 700; /* beyond 2 MiB, too */

	return (size_t)PAGE * (1 + stress_below(r, most));
}

static void map(struct block *b, struct stress_random *r)
{
	char *hint = stress_below(r, 4) ?
			     NULL :
			     shared_hint + (size_t)PAGE * stress_below(r, 400);

	b->len = some_pages(r);
	b->seed = stress_draw(r);
	b->at = mmap(hint, b->len, RW, ANONYMOUS, -1, 0);
	CHECK(b->at != MAP_FAILED);
	CHECK_EQ(b->at[0] | b->at[b->len - 1], 0);
	fill(b);
}

static void unmap(struct block *b)
{
	CHECK_EQ(munmap(b->at, b->len), 0);
	b->at = NULL;
}

/* Grown or shrunk, where it is or elsewhere. */
static void resize(struct block *b, struct stress_random *r)
{
	size_t len = some_pages(r), had = b->len;
	void *p = mremap(b->at, b->len, len, MREMAP_MAYMOVE);

	if (p == MAP_FAILED) { /* it is no longer one mapping */
		CHECK_EQ(errno, EFAULT);
		return;
	}
	b->at = p;
	b->len = len < had ? len : had;
	verify(b);
	if (len > had)
		CHECK_EQ(b->at[had] | b->at[len - 1], 0);
	b->len = len;
	fill(b);
}

/* In place alone: if that cannot be, nothing happens. */
static void extend(struct block *b)
{
	if (mremap(b->at, b->len, b->len + PAGE, 0) == MAP_FAILED)
		return;
	CHECK_EQ(b->at[b->len], 0);
	b->len += PAGE;
	fill(b);
}

/* A hole in it, filled again at once. */
static void punch(struct block *b, struct stress_random *r)
{
	size_t at = PAGE * (size_t)stress_below(r, (unsigned)(b->len / PAGE));

	if (stress_below(r, 2))
		CHECK_EQ(madvise(b->at + at, PAGE, MADV_DONTNEED), 0);
	else
		CHECK(mmap(b->at + at, PAGE, RW, ANONYMOUS | MAP_FIXED, -1,
			   0) == b->at + at);
	CHECK_EQ(b->at[at] | b->at[at + PAGE - 1], 0);
	fill(b);
}

/* To where this thread has memory of its own. */
static void move(struct block *b)
{
	void *to = mmap(NULL, b->len, PROT_NONE, ANONYMOUS, -1, 0);

	CHECK(to != MAP_FAILED);
	memcpy(b->at, "moved", 6);
	if (mremap(b->at, b->len, b->len, MREMAP_MAYMOVE | MREMAP_FIXED, to) ==
	    to) {
		b->at = to;
	} else {
		CHECK_EQ(errno, EFAULT);
		munmap(to, b->len);
	}
	CHECK_EQ(memcmp(b->at, "moved", 6), 0);
	fill(b);
}

static void *worker(void *arg)
{
	struct block all[BLOCKS] = { 0 }, *b;
	struct stress_random r;
	int i;

	stress_begin(&r, (unsigned long)arg);
	stress_schedule((unsigned long)arg);
	while (!stress_over) {
		stress_rest(&r);
		b = &all[stress_below(&r, BLOCKS)];
		if (!b->at) {
			map(b, &r);
			continue;
		}
		verify(b);
		switch (stress_below(&r, 7)) {
		case 0:
			unmap(b);
			break;
		case 1:
			extend(b);
			break;
		case 2:
			punch(b, &r);
			break;
		case 3:
			move(b);
			break;
		case 4:
			CHECK_EQ(mprotect(b->at, PAGE, PROT_READ), 0);
			CHECK_EQ(mprotect(b->at, PAGE, RW), 0);
			break;
		default:
			resize(b, &r);
		}
	}
	for (i = 0; i < BLOCKS; i++)
		if (all[i].at)
			verify(&all[i]);
	return NULL;
}

/* The break, which nobody else moves: malloc has arenas of threads here. */
static void *breaker(void *arg)
{
	struct stress_random r;
	unsigned char *at, *p;
	size_t len;

	(void)arg;
	stress_begin(&r, 1000);
	while (!stress_over) {
		len = some_pages(&r);
		at = sbrk((intptr_t)len);
		CHECK(at != (void *)-1);
		CHECK_EQ(at[0] | at[len - 1], 0);
		check_fill(at, len, len);
		check_same(at, len, len);
		p = sbrk(-(intptr_t)len);
		CHECK(p == at + len);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t t[THREADS + 1];
	unsigned long i;

	stress_args(argc, argv);
	for (i = 0; i < THREADS; i++)
		t[i] = stress_start(worker, i);
	t[i] = stress_start(breaker, i);
	stress_wait();
	for (i = 0; i <= THREADS; i++)
		stress_join(t[i]);
	return check_pass();
}
