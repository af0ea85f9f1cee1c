/* SPDX-License-Identifier: MIT */
/* topology.h - the processors we may run on, in the machine's order
 *
 * Written into images (section "cpus"), so that a restart can find the place of
 * each processor on a machine of another shape or numbering.
 */
#ifndef MANA_TOPOLOGY_H
#define MANA_TOPOLOGY_H

#include <stddef.h>
#include <stdint.h>

#define CPUS_MAX     1024 /* as the sets of 16 words in gate.h */
#define CPUS_SECTION "cpus"

enum topology_level {
	LEVEL_PACKAGE,
	LEVEL_NODE, /* of memory, within a package */
	LEVEL_CORE,
	LEVEL_CPU,
	LEVELS
};

/* Objects are counted from 0 among those that the launcher allows. */
struct cpu_place {
	uint16_t os;	     /* the kernel's number */
	uint16_t at[LEVELS]; /* the object of each level that it is in */
};

size_t topology_size(const uint64_t set[16]);
/* 1: the set is a part of all, and not all. */
int topology_bound(const uint64_t set[16], const uint64_t all[16]);
/*
 * The processors of a set in hwloc's logical order: how many. When hwloc does
 * not know them all, each counts as a core of its own, in the kernel's order.
 */
size_t topology_read(const uint64_t cpus[16], struct cpu_place out[CPUS_MAX]);
/* The same without asking hwloc. */
size_t topology_plain(const uint64_t cpus[16], struct cpu_place out[CPUS_MAX]);
/* 1: n entries that can be the set's, as topology_read makes them. */
int topology_valid(const struct cpu_place *p, size_t n,
		   const uint64_t cpus[16]);

#endif
