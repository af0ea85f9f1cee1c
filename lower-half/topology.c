/* SPDX-License-Identifier: MIT */
/* topology.c - the processors we may run on, in the machine's order */
#include <hwloc.h>
#include <string.h>
#include "topology.h"

static int in_set(const uint64_t set[16], unsigned int cpu)
{
	return cpu < CPUS_MAX && (set[cpu / 64] >> cpu % 64 & 1);
}

size_t topology_size(const uint64_t set[16])
{
	size_t i, n = 0;

	for (i = 0; i < 16; i++)
		n += (size_t)__builtin_popcountl(set[i]);
	return n;
}

int topology_bound(const uint64_t set[16], const uint64_t all[16])
{
	int i, less = 0;

	for (i = 0; i < 16; i++) {
		if (set[i] & ~all[i])
			return 0;
		less |= set[i] != all[i];
	}
	return less;
}

/* hwloc's number of the object of this type around a processor, or 0. */
static unsigned int around(hwloc_topology_t t, hwloc_obj_t pu,
			   hwloc_obj_type_t type)
{
	hwloc_obj_t o = hwloc_get_ancestor_obj_by_type(t, type, pu);

	return o ? o->logical_index : 0;
}

/* Memory is no ancestor in hwloc's tree. The first node is taken: slower memory
 * comes after it. */
static unsigned int memory_of(hwloc_topology_t t, hwloc_obj_t pu)
{
	hwloc_obj_t o = NULL;

	while ((o = hwloc_get_next_obj_by_type(t, HWLOC_OBJ_NUMANODE, o)))
		if (hwloc_bitmap_isset(o->cpuset, pu->os_index))
			return o->logical_index;
	return 0;
}

/*
 * From hwloc's numbers to ours: another object of a level begins where the
 * number changes, there or at a level above, so that each lies in one parent.
 */
static void append(struct cpu_place *out, size_t n,
		   const unsigned int ids[LEVELS], unsigned int last[LEVELS])
{
	int level, other = 0;

	for (level = 0; level < LEVELS; level++) {
		other |= n && (level == LEVEL_CPU || ids[level] != last[level]);
		out[n].at[level] =
			n ? (uint16_t)(out[n - 1].at[level] + other) : 0;
		last[level] = ids[level];
	}
}

static size_t list(hwloc_topology_t t, const uint64_t cpus[16],
		   struct cpu_place *out)
{
	unsigned int ids[LEVELS], last[LEVELS];
	hwloc_obj_t pu = NULL;
	size_t n = 0;

	while ((pu = hwloc_get_next_obj_by_type(t, HWLOC_OBJ_PU, pu))) {
		if (!in_set(cpus, pu->os_index) || n == CPUS_MAX)
			continue;
		ids[LEVEL_PACKAGE] = around(t, pu, HWLOC_OBJ_PACKAGE);
		ids[LEVEL_NODE] = memory_of(t, pu);
		ids[LEVEL_CORE] = around(t, pu, HWLOC_OBJ_CORE);
		ids[LEVEL_CPU] = pu->logical_index;
		out[n].os = (uint16_t)pu->os_index;
		append(out, n++, ids, last);
	}
	return n;
}

size_t topology_plain(const uint64_t cpus[16], struct cpu_place out[CPUS_MAX])
{
	unsigned int i;
	size_t n = 0;

	for (i = 0; i < CPUS_MAX; i++)
		if (in_set(cpus, i)) {
			out[n] = (struct cpu_place){ .os = (uint16_t)i };
			out[n].at[LEVEL_CORE] = (uint16_t)n;
			out[n].at[LEVEL_CPU] = (uint16_t)n;
			n++;
		}
	return n;
}

size_t topology_read(const uint64_t cpus[16], struct cpu_place out[CPUS_MAX])
{
	hwloc_topology_t t;
	size_t n = 0;

	if (hwloc_topology_init(&t) < 0)
		return topology_plain(cpus, out);
	/* Looking must not move the thread that looks. */
	hwloc_topology_set_flags(t, HWLOC_TOPOLOGY_FLAG_DONT_CHANGE_BINDING);
	if (hwloc_topology_load(t) == 0)
		n = list(t, cpus, out);
	hwloc_topology_destroy(t);
	return n == topology_size(cpus) ? n : topology_plain(cpus, out);
}

int topology_valid(const struct cpu_place *p, size_t n, const uint64_t cpus[16])
{
	uint64_t seen[16] = { 0 };
	size_t i;
	int level, other;

	if (n != topology_size(cpus))
		return 0;
	for (i = 0; i < n; i++) {
		if (!in_set(cpus, p[i].os) || in_set(seen, p[i].os))
			return 0;
		seen[p[i].os / 64] |= 1UL << p[i].os % 64;
		for (level = 0, other = 0; level < LEVELS; level++) {
			int was = i ? p[i - 1].at[level] : 0;

			other |= i &&
				 (level == LEVEL_CPU || p[i].at[level] != was);
			if (p[i].at[level] != was + other)
				return 0;
		}
	}
	return 1;
}
