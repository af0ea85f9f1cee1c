/* SPDX-License-Identifier: MIT */
/* types.c - datatypes of every constructor, made, asked, lost and made again */
#include <string.h>
#include "harness.h"
#include "mpi-wrappers/back/core/regular.h"
#include "mpi-wrappers/back/type/type.h"

#define W SEAM_COMM_WORLD

static void test_types(void)
{
	seam_datatype vec, st, inner, sub, types[2], sized;
	int32_t a[100], b[100] = { 0 };
	int bl[2] = { 1, 2 }, ni, na, nd, comb, ints[3], pos = 0;
	seam_aint disp[2] = { 0, 64 };
	char buf[1000];

	CHECK(back_Type_vector(3, 2, 5, SEAM_INT, &vec) == 0);
	types[0] = SEAM_INT;
	types[1] = vec;
	CHECK(back_Type_create_struct(2, bl, disp, types, &st) == 0);
	CHECK(back_Type_create_subarray(2, (int[]){ 4, 5 }, (int[]){ 2, 2 },
					(int[]){ 1, 1 }, SEAM_ORDER_C, SEAM_INT,
					&sub) == 0);
	CHECK(back_Type_create_hindexed_block(2, 1, disp, vec, &inner) == 0);
	CHECK(back_Type_commit(&st) == 0 && back_Type_commit(&sub) == 0);
	CHECK(back_Type_free(&vec) == 0 && vec == SEAM_DATATYPE_NULL);
	CHECK(back_Type_match_size(SEAM_TYPECLASS_REAL, 8, &sized) == 0);
	harness_restart_objects();
	CHECK(type_of(st)->size == 4 + 2 * 6 * 4);
	CHECK(back_Type_get_envelope(sub, &ni, &na, &nd, &comb) == 0);
	CHECK(ni == 8 && !na && nd == 1 && comb == SEAM_COMBINER_SUBARRAY);
	CHECK(back_Type_get_contents(st, 3, 2, 2, ints, disp, types) == 0);
	CHECK(ints[0] == 2 && ints[2] == 2 && disp[1] == 64);
	for (ni = 0; ni < 100; ni++)
		a[ni] = ni;
	CHECK(back_Pack(a, 1, st, buf, sizeof(buf), &pos, W) == 0);
	CHECK(pos == type_of(st)->size);
	pos = 0;
	CHECK(back_Unpack(buf, sizeof(buf), &pos, b, 1, st, W) == 0);
	CHECK(b[0] == 0 && b[16] == 16 && b[21] == 21 && b[18] == 0);
	CHECK(back_Type_free(&types[1]) == 0); /* a handle of ours */
	CHECK(back_Type_free(&st) == 0 && back_Type_free(&sub) == 0 &&
	      back_Type_free(&inner) == 0);
}

/* A constructor's type before and after a restart packs the same bytes. */
static void check_type(seam_datatype t)
{
	static char from[1 << 16], before[1 << 14], after[1 << 14];
	int n = 0, m = 0;
	size_t i;

	for (i = 0; i < sizeof(from); i++)
		from[i] = i * 7 + i / 251;
	CHECK(back_Type_commit(&t) == 0);
	CHECK(back_Pack(from, 1, t, before, sizeof(before), &n, W) == 0);
	harness_restart_objects();
	CHECK(back_Pack(from, 1, t, after, sizeof(after), &m, W) == 0);
	CHECK(n == m && n == type_of(t)->size && !memcmp(before, after, n));
	CHECK(type_measure(type_of(t)) == 0);
	if (type_of(t)->combiner != SEAM_COMBINER_F90_REAL)
		CHECK(back_Type_free(&t) == 0);
}

static void test_constructors(void)
{
	int bl[3] = { 2, 1, 3 }, d[3] = { 8, 0, 4 }, g[2] = { 6, 8 };
	int dist[2] = { SEAM_DISTRIBUTE_BLOCK, SEAM_DISTRIBUTE_CYCLIC };
	int args[2] = { SEAM_DISTRIBUTE_DFLT_DARG, 2 }, ps[2] = { 2, 1 };
	seam_aint a[3] = { 64, 0, 24 };
	seam_datatype t, u;

	CHECK(back_Type_contiguous(5, SEAM_DOUBLE, &t) == 0);
	check_type(t);
	CHECK(back_Type_create_hvector(3, 2, 40, SEAM_DOUBLE_INT, &t) == 0);
	check_type(t);
	CHECK(back_Type_indexed(3, bl, d, SEAM_INT, &t) == 0);
	check_type(t);
	CHECK(back_Type_create_hindexed(3, bl, a, SEAM_SHORT, &t) == 0);
	check_type(t);
	CHECK(back_Type_create_indexed_block(3, 2, d, SEAM_CHAR, &t) == 0);
	check_type(t);
	CHECK(back_Type_create_resized(SEAM_INT, -4, 12, &u) == 0);
	CHECK(back_Type_vector(2, 2, 3, u, &t) == 0);
	CHECK(back_Type_free(&u) == 0);
	check_type(t);
	CHECK(back_Type_create_darray(2, 1, 2, g, dist, args, ps, SEAM_ORDER_C,
				      SEAM_INT, &t) == 0);
	check_type(t);
	CHECK(back_Type_dup(SEAM_FLOAT_INT, &t) == 0);
	check_type(t);
	CHECK(back_Type_create_f90_real(15, 300, &t) == 0);
	CHECK(back_Type_create_f90_real(15, 300, &u) == 0 && t == u);
	check_type(t);
}

static void test_large(void)
{
	seam_count bl[2] = { 2, 1 }, d[2] = { 16, 0 }, z[2] = { 4, 6 };
	seam_count one[2] = { 1, 1 }, two[2] = { 2, 3 };
	seam_datatype t, types[2] = { SEAM_INT, SEAM_DOUBLE };
	int dist[2] = { SEAM_DISTRIBUTE_BLOCK, SEAM_DISTRIBUTE_NONE };
	int args[2] = { SEAM_DISTRIBUTE_DFLT_DARG, SEAM_DISTRIBUTE_DFLT_DARG };
	int ps[2] = { 2, 1 };

	CHECK(back_Type_contiguous_c(5, SEAM_INT, &t) == 0);
	check_type(t);
	CHECK(back_Type_vector_c(2, 2, 4, SEAM_INT, &t) == 0);
	check_type(t);
	CHECK(back_Type_create_hvector_c(2, 2, 24, SEAM_INT, &t) == 0);
	check_type(t);
	CHECK(back_Type_indexed_c(2, bl, d, SEAM_INT, &t) == 0);
	check_type(t);
	CHECK(back_Type_create_hindexed_c(2, bl, d, SEAM_INT, &t) == 0);
	check_type(t);
	CHECK(back_Type_create_indexed_block_c(2, 3, d, SEAM_INT, &t) == 0);
	check_type(t);
	CHECK(back_Type_create_hindexed_block_c(2, 3, d, SEAM_INT, &t) == 0);
	check_type(t);
	CHECK(back_Type_create_struct_c(2, bl, d, types, &t) == 0);
	check_type(t);
	CHECK(back_Type_create_subarray_c(2, z, two, one, SEAM_ORDER_FORTRAN,
					  SEAM_INT, &t) == 0);
	check_type(t);
	CHECK(back_Type_create_darray_c(2, 0, 2, z, dist, args, ps,
					SEAM_ORDER_C, SEAM_INT, &t) == 0);
	check_type(t);
	CHECK(back_Type_create_resized_c(SEAM_INT, 0, 16, &t) == 0);
	check_type(t);
}

int main(void)
{
	harness_start(SEAM_THREAD_SERIALIZED);
	test_types();
	test_constructors();
	test_large();
	harness_end();
	return 0;
}
