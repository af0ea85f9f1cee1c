/* SPDX-License-Identifier: MIT */
/* mmap_churn.c - mmap, mremap, mprotect, partial munmap keep contents */
/* test: ranks=1 mpi=none threads=1 */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/mman.h>
#include "check.h"

enum { SLOTS = 40, PAGE = 4096 };
static struct {
	char *p;
	size_t len;
} slots[SLOTS];

static void fill(int i)
{
	check_fill(slots[i].p, slots[i].len, (unsigned long)i);
}

static void make(int i, size_t pages)
{
	slots[i].len = pages * PAGE;
	slots[i].p = mmap(NULL, slots[i].len, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(slots[i].p != MAP_FAILED);
	CHECK(slots[i].p[slots[i].len - 1] == 0);
	fill(i);
}

static void resize(int i, size_t pages)
{
	size_t len = pages * PAGE, both;
	char *p = mremap(slots[i].p, slots[i].len, len, MREMAP_MAYMOVE);

	CHECK(p != MAP_FAILED);
	both = len < slots[i].len ? len : slots[i].len;
	check_same(p, both, (unsigned long)i);
	slots[i].p = p;
	slots[i].len = len;
	fill(i);
}

/* Cut a page out of the middle, map it again in place, refill. */
static void pierce(int i)
{
	char *hole = slots[i].p + PAGE;

	if (slots[i].len < 3 * PAGE)
		return;
	CHECK_EQ(munmap(hole, PAGE), 0);
	CHECK(mmap(hole, PAGE, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == hole);
	CHECK_EQ(hole[0], 0);
	fill(i);
}

static void protect(int i)
{
	CHECK_EQ(mprotect(slots[i].p, slots[i].len, PROT_READ), 0);
	check_same(slots[i].p, slots[i].len, (unsigned long)i);
	CHECK_EQ(mprotect(slots[i].p, slots[i].len, PROT_READ | PROT_WRITE), 0);
	CHECK_EQ(madvise(slots[i].p, slots[i].len, MADV_DONTNEED), 0);
	CHECK_EQ(slots[i].p[0], 0);
	fill(i);
}

int main(int argc, char **argv)
{
	int i, n;

	check_args(argc, argv);
	for (i = 0; i < SLOTS; i++)
		make(i, (size_t)i + 1);
	while (check_more())
		for (n = 0; n < SLOTS; n++) {
			i = (int)(n * 7 + check.round) % SLOTS;
			check_same(slots[i].p, slots[i].len, (unsigned long)i);
			switch ((n + check.round) % 4) {
			case 0:
				resize(i,
				       (size_t)(check.round * 13 + n) % 90 + 1);
				break;
			case 1:
				pierce(i);
				break;
			case 2:
				protect(i);
				break;
			case 3:
				CHECK_EQ(munmap(slots[i].p, slots[i].len), 0);
				make(i, (size_t)n % 17 + 1);
			}
		}
	return check_pass();
}
