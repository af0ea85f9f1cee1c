/* SPDX-License-Identifier: MIT */
/* clocks.c - collective clocks: the ring, those by members, the departed */
#include <string.h>
#include "harness.h"
#include "mpi-wrappers/back/agent/departed.h"

#define W SEAM_COMM_WORLD
#define T SEAM_INT

static int size;

/* How often the coordinator would be told of this clock, and its count. */
static int named(const uint64_t id[2], uint64_t *seq)
{
	struct clock c[32];
	size_t n = back_clocks(c, 32), i;
	int found = 0;

	CHECK(n <= 32);
	for (i = 0; i < n; i++) {
		if (!clock_same(c[i].id, id))
			continue;
		*seq = c[i].seq;
		found++;
	}
	back_clear_targets();
	return found;
}

static size_t ring_length(void)
{
	struct coll_clock *k;
	size_t n = 0;

	objects_lock();
	for (k = clock_next(NULL); k; k = clock_next(k)) {
		CHECK(k->next->prev == k && k->prev->next == k);
		n++;
	}
	objects_unlock();
	return n;
}

static void test_ring(void)
{
	struct coll_clock a = { .id = { 7, 8 }, .members = 3 };
	struct coll_clock *init = clock_of_init();
	size_t n = ring_length();

	CHECK(n == 3); /* MPI_Init's, and those of the predefined ones */
	CHECK(init->id[0] == 0 && init->id[1] == 1 && init->seq == 1);
	CHECK(init->members == (uint64_t)size);
	CHECK(clock_find(comm_of(W)->clock.id) == &comm_of(W)->clock);
	CHECK(!clock_find(a.id));
	clock_add(&a);
	CHECK(clock_find(a.id) == &a && ring_length() == n + 1);
	objects_lock();
	clock_remove(&a);
	clock_remove(&a);
	objects_unlock();
	CHECK(!clock_find(a.id) && ring_length() == n && !a.next);
}

/* Of one member: counted, and nobody is told. */
static void test_single(void)
{
	struct coll_clock *k = &comm_of(SEAM_COMM_SELF)->clock;
	uint64_t seq;

	CHECK(k->members == 1 && !named(k->id, &seq));
	harness_pending(PENDING_CLOCK);
	CHECK(coll_enter(k) == 0);
	coll_leave();
	harness_pending(PENDING_NONE);
	CHECK(named(clock_of_init()->id, &seq) == 1 && seq == 1);
}

/* A freed communicator's is told of until all have begun what came after. */
static void test_departed(void)
{
	seam_comm a, b, c;
	uint64_t id[2], seq, was;

	CHECK(back_Comm_dup(W, &a) == 0);
	CHECK(back_Barrier(a) == 0);
	memcpy(id, comm_of(a)->clock.id, sizeof(id));
	was = comm_of(a)->clock.seq;
	CHECK(named(id, &seq) == (size > 1));
	CHECK(back_Comm_dup(a, &b) == 0);
	CHECK(clock_same(comm_of(b)->clock.parent, id));
	CHECK(back_Comm_free(&a) == 0);
	CHECK(!clock_find(id));
	CHECK(named(id, &seq) == (size > 1));
	CHECK(size == 1 || seq == was + 2); /* a duplication, and the end */
	if (size > 1) /* the child of who has gone is the parent's */
		CHECK(clock_same(comm_of(b)->clock.parent,
				 comm_of(W)->clock.id));
	CHECK(back_Comm_dup(W, &c) == 0);
	CHECK(!named(id, &seq));
	CHECK(back_Comm_free(&c) == 0 && back_Comm_free(&b) == 0);
	CHECK(!departed_next(NULL) == (size == 1));
	departed_clear();
	CHECK(!departed_next(NULL));
	CHECK(ring_length() == 3);
}

/* Requests hold a freed communicator: its clock has gone all the same. */
static void test_held(void)
{
	int got = 0, sent = 5, me = KEEP_MPI->rank;
	seam_request r[2];
	uint64_t id[2], seq;
	seam_comm c;

	CHECK(back_Comm_dup(W, &c) == 0);
	memcpy(id, comm_of(c)->clock.id, sizeof(id));
	CHECK(back_Irecv(&got, 1, T, me, 1, c, &r[0]) == 0);
	CHECK(back_Isend(&sent, 1, T, me, 1, c, &r[1]) == 0);
	CHECK(back_Comm_free(&c) == 0);
	CHECK(!clock_find(id) && named(id, &seq) == (size > 1));
	CHECK(back_Waitall(2, r, SEAM_STATUSES_IGNORE) == 0 && got == 5);
	CHECK(named(id, &seq) == (size > 1));
	departed_clear();
}

/* The same members and tag have the same clock, whatever has been freed. */
static void test_by_members(void)
{
	uint64_t first[2];
	size_t n;
	seam_group g;
	seam_comm c;

	CHECK(back_Comm_group(W, &g) == 0);
	CHECK(back_Comm_create_group(W, g, 4, &c) == 0);
	n = ring_length();
	memcpy(first, comm_of(c)->clock.id, sizeof(first));
	CHECK(clock_find(comm_of(c)->clock.parent)->children == 1);
	CHECK(back_Comm_free(&c) == 0 && ring_length() == n - 1);
	CHECK(back_Comm_create_group(W, g, 4, &c) == 0);
	CHECK(ring_length() == n);
	CHECK(!clock_same(comm_of(c)->clock.id, first));
	CHECK(clock_find(comm_of(c)->clock.parent)->children == 2);
	CHECK(back_Comm_free(&c) == 0);
	CHECK(back_Comm_create_group(W, g, 5, &c) == 0);
	CHECK(ring_length() == n + 1);
	CHECK(back_Comm_free(&c) == 0 && back_Group_free(&g) == 0);
	departed_clear();
}

int main(void)
{
	harness_start(SEAM_THREAD_SINGLE);
	size = KEEP_MPI->size;
	test_ring();
	test_single();
	test_departed();
	test_held();
	test_by_members();
	harness_end();
	return 0;
}
