/* SPDX-License-Identifier: MIT */
/* clock_ring.c - the ring of all collective clocks that count
 *
 * MPI_Init's is the first and is always there; the others are in the order in
 * which they were made. Invariant: what is in the ring is keep memory, with
 * identity and members.
 */
#include "clock.h"

/* Keep memory is all zeros at first: the ring is closed at its first use. */
static struct coll_clock *ring(void)
{
	struct coll_clock *init = &KEEP_MPI->init;

	if (!init->next) {
		init->id[1] = 1;
		init->next = init->prev = init;
	}
	return init;
}

struct coll_clock *clock_of_init(void)
{
	struct coll_clock *k;

	objects_lock();
	k = ring();
	objects_unlock();
	return k;
}

void clock_add(struct coll_clock *k)
{
	objects_lock();
	k->next = ring();
	k->prev = k->next->prev;
	k->prev->next = k->next->prev = k;
	objects_unlock();
}

void clock_remove(struct coll_clock *k)
{
	if (!k->next)
		return;
	k->prev->next = k->next;
	k->next->prev = k->prev;
	k->next = k->prev = NULL;
}

struct coll_clock *clock_next(const struct coll_clock *k)
{
	struct coll_clock *next = k ? k->next : ring();

	return k && next == ring() ? NULL : next;
}

struct coll_clock *clock_find(const uint64_t id[2])
{
	struct coll_clock *k;

	objects_lock();
	for (k = clock_next(NULL); k && !clock_same(k->id, id);)
		k = clock_next(k);
	objects_unlock();
	return k;
}
