/* SPDX-License-Identifier: MIT */
/* cpu_map.c - where bound threads run on another machine
 *
 * Objects of one level have places: the second core of the first node. Where
 * the new machine has those places, they are kept: threads of one socket stay
 * together. Else the k-th object becomes the k-th, and beyond the last one
 * counting begins anew.
 */
#include <string.h>
#include "cpu_map.h"

static size_t objects(const struct cpu_place *l, size_t n, int level)
{
	return l[n - 1].at[level] + 1UL;
}

/* The index of the entry where the k-th object begins; n for the one behind the
 * last. */
static size_t begin(const struct cpu_place *l, size_t n, int level, size_t k)
{
	size_t i;

	for (i = 0; i < n && l[i].at[level] < k; i++)
		;
	return i;
}

/* The objects of a level within object k of the one above: first and count. */
static size_t within(const struct cpu_place *l, size_t n, int level, size_t k,
		     size_t *first)
{
	size_t i = begin(l, n, level - 1, k);
	size_t end = begin(l, n, level - 1, k + 1);

	*first = l[i].at[level];
	return l[end - 1].at[level] - *first + 1UL;
}

/* 1: the new machine has a place for every object of the level. */
static int fits(const struct cpu_map *p, int level)
{
	size_t k, first;

	for (k = 0; k < objects(p->from, p->n_from, level - 1); k++)
		if (within(p->from, p->n_from, level, k, &first) >
		    within(p->to, p->n_to, level, p->map[level - 1][k], &first))
			return 0;
	return 1;
}

/* Keep places within the level above? */
static int keeps_places(const struct cpu_map *p, int level)
{
	if (level == 0 || objects(p->to, p->n_to, level - 1) <
				  objects(p->from, p->n_from, level - 1))
		return 0;
	return fits(p, level) || objects(p->to, p->n_to, level) <
					 objects(p->from, p->n_from, level);
}

static void make_level(struct cpu_map *p, int level)
{
	size_t n = objects(p->to, p->n_to, level), k, i, up, first, at, count;
	int keep = keeps_places(p, level);

	for (k = 0; k < objects(p->from, p->n_from, level); k++) {
		p->map[level][k] = (uint16_t)(k % n);
		if (!keep)
			continue;
		i = begin(p->from, p->n_from, level, k);
		up = p->from[i].at[level - 1];
		within(p->from, p->n_from, level, up, &first);
		count = within(p->to, p->n_to, level, p->map[level - 1][up],
			       &at);
		p->map[level][k] = (uint16_t)(at + (k - first) % count);
	}
}

void cpu_map_make(struct cpu_map *p, const struct cpu_place *from,
		  size_t n_from, const struct cpu_place *to, size_t n_to)
{
	int level;

	memset(p, 0, sizeof(*p));
	p->from = from;
	p->to = to;
	p->n_from = n_from;
	p->n_to = n_to;
	for (level = 0; level < LEVELS; level++)
		make_level(p, level);
}

static int has(const uint64_t set[16], unsigned int cpu)
{
	return set[cpu / 64] >> cpu % 64 & 1;
}

/* The set has all of an object of this level, or nothing of it. */
static int whole(const struct cpu_map *p, int level, const uint64_t set[16])
{
	size_t i;

	for (i = 1; i < p->n_from; i++)
		if (p->from[i].at[level] == p->from[i - 1].at[level] &&
		    has(set, p->from[i].os) != has(set, p->from[i - 1].os))
			return 0;
	return 1;
}

/* Returns the level at which the thread is bound: that of the largest objects,
 * but for those of which the new machine has fewer while it has enough of
 * smaller ones. */
static int bound_to(const struct cpu_map *p, const uint64_t set[16])
{
	int level, largest = LEVEL_CPU;

	for (level = LEVEL_CPU; level >= 0 && whole(p, level, set); level--)
		largest = level;
	for (level = largest; level < LEVELS; level++)
		if (objects(p->to, p->n_to, level) >=
		    objects(p->from, p->n_from, level))
			return level;
	return largest;
}

void cpu_map_move(const struct cpu_map *p, uint64_t cpus[16])
{
	int level = bound_to(p, cpus);
	uint8_t wanted[CPUS_MAX] = { 0 };
	size_t i;

	for (i = 0; i < p->n_from; i++)
		if (has(cpus, p->from[i].os))
			wanted[p->map[level][p->from[i].at[level]]] = 1;
	memset(cpus, 0, 16 * sizeof(*cpus));
	for (i = 0; i < p->n_to; i++)
		if (wanted[p->to[i].at[level]])
			cpus[p->to[i].os / 64] |= 1UL << p->to[i].os % 64;
}
