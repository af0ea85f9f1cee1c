/* SPDX-License-Identifier: MIT */
/* place.h - where bound threads run on another machine */
#ifndef MANA_PLACE_H
#define MANA_PLACE_H

#include "../lower-half/topology.h"

/* Which object of the new machine takes that of the old, for each level. */
struct place {
	const struct cpu_place *from, *to; /* as given to place_make */
	size_t n_from, n_to;
	uint16_t map[LEVELS][CPUS_MAX];
};

/* Neither list is empty; they are used by place_move too. */
void place_make(struct place *p, const struct cpu_place *from, size_t n_from,
		const struct cpu_place *to, size_t n_to);
/*
 * The processors for a thread that was bound to cpus, in place: for a package,
 * node of memory, core or processor the one in the same place. Processors that
 * are not in the old list are dropped.
 */
void place_move(const struct place *p, uint64_t cpus[16]);

#endif
