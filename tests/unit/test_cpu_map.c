/* SPDX-License-Identifier: MIT */
/* test_cpu_map.c - topologies as hwloc makes them up, and moves between them */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "../../restart/cpu_map.h"

struct machine {
	uint64_t cpus[16];
	struct cpu_place l[CPUS_MAX];
	size_t n;
};

/* The processors first to end - 1 of a machine. */
static void machine(struct machine *m, const char *synthetic, int first,
		    int end)
{
	int i;

	memset(m, 0, sizeof(*m));
	for (i = first; i < end; i++)
		m->cpus[i / 64] |= 1UL << i % 64;
	setenv("HWLOC_SYNTHETIC", synthetic, 1);
	m->n = topology_read(m->cpus, m->l);
	assert_int_equal(m->n, end - first);
	assert_true(topology_valid(m->l, m->n, m->cpus));
}

static struct machine a, b;
static struct cpu_map place;

static void between(const char *from, int n_from, const char *to, int n_to)
{
	machine(&a, from, 0, n_from);
	machine(&b, to, 0, n_to);
	cpu_map_make(&place, a.l, a.n, b.l, b.n);
}

/* Bound to the old set (of processors 0 to 63), where does it run now? */
static void moves(uint64_t from, uint64_t to)
{
	uint64_t set[16] = { from };

	cpu_map_move(&place, set);
	assert_int_equal(set[0], to);
}

static void test_same_machine(void **state)
{
	uint64_t i;

	(void)state;
	between("pack:2 numa:2 core:2 pu:2", 16, "pack:2 numa:2 core:2 pu:2",
		16);
	for (i = 1; i < 0xffff; i++)
		moves(i, i);
}

/* Sockets alternate in the kernel's numbering, as on many machines. */
static void test_other_numbering(void **state)
{
	(void)state;
	between("pack:2 numa:1 core:2 pu:1", 4,
		"pack:2 numa:1 core:2 pu:1(indexes=0,2,1,3)", 4);
	moves(0x3, 0x5);
	moves(0xc, 0xa);
	moves(0x2, 0x4);
	moves(0x6, 0x6);
	/* hyperthreads of a core next to each other, and far apart */
	between("pack:1 core:4 pu:2", 8,
		"pack:1 core:4 pu:2(indexes=0,4,1,5,2,6,3,7)", 8);
	moves(0x3, 0x11);
	moves(0xc0, 0x88);
	moves(0x2, 0x10);
}

static void test_larger_machine(void **state)
{
	(void)state;
	/* the third core of the second socket, not the sixth of the first */
	between("pack:2 numa:1 core:4 pu:1", 8, "pack:2 numa:1 core:8 pu:2",
		32);
	moves(0x40, 0x300000);
	moves(0xf0, 0xffff0000);
	/* one processor of two: one of two */
	between("pack:1 core:4 pu:2", 8, "pack:1 core:8 pu:2", 16);
	moves(0x8, 0x8);
	/* one socket with all the cores: threads stay apart */
	between("pack:2 numa:1 core:4 pu:1", 8, "pack:1 core:8 pu:1", 8);
	moves(0x20, 0x20);
	moves(0xf0, 0xf0);
	/* more nodes a socket: the socket */
	between("pack:2 numa:1 core:4 pu:1", 8, "pack:2 numa:4 core:1 pu:1", 8);
	moves(0xf0, 0xf0);
}

static void test_smaller_machine(void **state)
{
	(void)state;
	between("pack:1 core:8 pu:1", 8, "pack:1 core:4 pu:1", 4);
	moves(0x20, 0x2);
	moves(0x81, 0x9);
	/* no hyperthreads: the core stays, its processor is the only one */
	between("pack:1 core:4 pu:2", 8, "pack:1 core:4 pu:1", 4);
	moves(0x20, 0x4);
	moves(0x30, 0x4);
	/* half the cores, as many processors: each has one */
	between("pack:1 core:4 pu:1", 4, "pack:1 core:2 pu:2", 4);
	moves(0x4, 0x4);
	/* fewer cores in each socket: the socket stays */
	between("pack:2 numa:1 core:4 pu:1", 8, "pack:2 numa:1 core:3 pu:1", 6);
	moves(0x40, 0x20);
	moves(0x80, 0x8);
	between("pack:2 numa:1 core:2 pu:1", 4, "pack:1 core:1 pu:1", 1);
	moves(0x4, 0x1);
}

/* The launcher gave processors 4 to 7 of 8. */
static void test_part_of_a_machine(void **state)
{
	const char *m = "pack:2 numa:1 core:4 pu:1";

	(void)state;
	machine(&a, m, 0, 4);
	machine(&b, m, 4, 8);
	cpu_map_make(&place, a.l, a.n, b.l, b.n);
	moves(0x2, 0x20);
	moves(0xc, 0xc0);
}

/* Any set goes to some processors of the new machine, whatever the shapes. */
static void test_any_to_any(void **state)
{
	static const char *const shapes[] = {
		"pack:1 core:1 pu:1",	     "pack:3 numa:2 core:1 pu:2",
		"pack:2 numa:1 core:5 pu:1", "numa:4 pack:1 core:2 pu:1",
		"pack:1 core:3 pu:4",	     "pack:12 core:1 pu:1",
	};
	static const int cpus[] = { 1, 12, 10, 8, 12, 12 };
	uint64_t i, set[16], in;
	size_t x, y;

	(void)state;
	for (x = 0; x < 6; x++)
		for (y = 0; y < 6; y++) {
			between(shapes[x], cpus[x], shapes[y], cpus[y]);
			for (i = 1; i < 1UL << cpus[x]; i++) {
				memset(set, 0, sizeof(set));
				set[0] = i;
				cpu_map_move(&place, set);
				in = set[0] & ~b.cpus[0];
				assert_true(set[0] && !in);
			}
		}
}

static void test_unknown_processors(void **state)
{
	(void)state;
	setenv("HWLOC_SYNTHETIC", "pack:2 core:2 pu:1", 1);
	memset(&a, 0, sizeof(a));
	a.cpus[0] = 0xf0;
	a.n = topology_read(a.cpus, a.l);
	assert_int_equal(a.n, 4);
	assert_int_equal(a.l[3].os, 7);
	assert_int_equal(a.l[3].at[LEVEL_CORE], 3);
	assert_true(topology_valid(a.l, a.n, a.cpus));
}

/* As it may come out of an image. */
static void test_nonsense_is_not_valid(void **state)
{
	struct cpu_place was;
	size_t i;
	int level, to;

	(void)state;
	machine(&a, "pack:2 numa:2 core:2 pu:2", 0, 16);
	assert_false(topology_valid(a.l, 15, a.cpus));
	for (i = 0; i < a.n; i++) {
		was = a.l[i];
		a.l[i].os = i ? a.l[i - 1].os : 16;
		assert_false(topology_valid(a.l, a.n, a.cpus));
		a.l[i].os = 60000;
		assert_false(topology_valid(a.l, a.n, a.cpus));
		a.l[i] = was;
		for (level = 0; level < LEVELS; level++)
			for (to = 0; to < 3; to++) {
				a.l[i].at[level] =
					(uint16_t)(to == 2 ?
							   65535 :
							   was.at[level] +
								   to * 2 - 1);
				assert_false(topology_valid(a.l, a.n, a.cpus) &&
					     level == LEVEL_CPU);
				assert_false(topology_valid(a.l, a.n, a.cpus) &&
					     a.l[i].at[level] > a.n);
				a.l[i] = was;
			}
	}
	assert_true(topology_valid(a.l, a.n, a.cpus));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_machine),
		cmocka_unit_test(test_other_numbering),
		cmocka_unit_test(test_larger_machine),
		cmocka_unit_test(test_smaller_machine),
		cmocka_unit_test(test_part_of_a_machine),
		cmocka_unit_test(test_any_to_any),
		cmocka_unit_test(test_unknown_processors),
		cmocka_unit_test(test_nonsense_is_not_valid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
