/* SPDX-License-Identifier: MIT */
/* cpu_map.h - where bound threads run on another machine */
#ifndef MANA_CPU_MAP_H
#define MANA_CPU_MAP_H

#include "../lower-half/topology.h"

/* Says of each level which object of the new machine stands for that of the
 * old one. */
struct cpu_map {
	const struct cpu_place *from, *to; /* as given to cpu_map_make */
	size_t n_from, n_to;
	uint16_t map[LEVELS][CPUS_MAX];
};

/* Neither list is empty; they are used by cpu_map_move too. */
void cpu_map_make(struct cpu_map *p, const struct cpu_place *from,
		  size_t n_from, const struct cpu_place *to, size_t n_to);
/*
 * The processors for a thread that was bound to cpus, in place: for a package,
 * node of memory, core or processor the one in the same place. Processors that
 * are not in the old list are dropped.
 */
void cpu_map_move(const struct cpu_map *p, uint64_t cpus[16]);

#endif
