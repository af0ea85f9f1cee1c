/* SPDX-License-Identifier: MIT */
/* objects.c - every kind of object, made, asked, lost and made again */
#include <string.h>
#include "harness.h"
#include "mpi-wrappers/front_shims.h"
#include "mpi-wrappers/back/regular.h"
#include "mpi-wrappers/back/type.h"

#define W SEAM_COMM_WORLD

static int me, size;
static int copies, deletes, handled;

/* --- the application's callbacks and the front's shims --- */

static void add_op(int32_t *in, int32_t *inout, int64_t n, int step)
{
	int64_t i;

	for (i = 0; i < n * step; i++)
		inout[i] += in[i];
}

static void shim_op(void *fn, void *in, void *inout, int64_t n,
		    seam_datatype type, int large)
{
	(void)large;
	((void (*)(int32_t *, int32_t *, int64_t, int))fn)(
		in, inout, n, type_of(type)->size / 4);
}

static int shim_handler(void *fn, void *handle, int kind, int error)
{
	CHECK(kind == DESC_COMM && handle && error);
	(*(int *)fn)++;
	return error;
}

static int shim_copy(void *fn, void *handle, int keyval, void *extra,
		     struct front_copy *io)
{
	(void)fn;
	(void)handle;
	CHECK(keyval >= 0x1000 && extra == &copies);
	io->value = (char *)io->value + 1;
	io->flag = 1;
	copies++;
	return 0;
}

static int shim_delete(void *fn, void *handle, int keyval, void *value,
		       void *extra, int kind_lang)
{
	(void)fn;
	(void)handle;
	(void)keyval;
	(void)value;
	(void)extra;
	(void)kind_lang;
	deletes++;
	return 0;
}

static const struct front_shims shims = {
	.abi = "mpich",
	.op = shim_op,
	.errhandler = shim_handler,
	.copy = shim_copy,
	.del = shim_delete,
};

/* --- a restart in one process: every native handle is forgotten --- */

static void restart(void)
{
	static const enum desc_kind kinds[] = { DESC_COMM, DESC_TYPE, DESC_OP,
						DESC_GROUP };
	struct desc *d;
	size_t k;

	for (k = 0; k < 4; k++)
		for (d = KEEP_MPI->live[kinds[k]]; d; d = d->next)
			d->real = 0x5a5a5a5a;
	CHECK(back_rebuild() == 0);
}

static int sum_on(seam_comm c, seam_op op)
{
	int one = 1, all = 0;

	CHECK(back_Allreduce(&one, &all, 1, SEAM_INT, op, c) == 0);
	return all;
}

/* --- tests --- */

static void test_comms(void)
{
	seam_comm dup, even, pair, none, group_comm;
	seam_group g, h;
	int r, ranks[2] = { size - 1, 0 }, out[2];

	CHECK(back_Comm_dup(W, &dup) == 0);
	CHECK(back_Comm_split(W, me % 2, -me, &even) == 0);
	CHECK(back_Comm_split(W, me ? SEAM_UNDEFINED : 1, 0, &none) == 0);
	CHECK((none == SEAM_COMM_NULL) == (me != 0));
	CHECK(back_Comm_compare(W, dup, &r) == 0 && r == SEAM_CONGRUENT);
	CHECK(back_Comm_group(W, &g) == 0);
	CHECK(back_Group_incl(g, size > 1 ? 2 : 1, ranks, &h) == 0);
	CHECK(back_Group_translate_ranks(h, 1, (int[]){ 0 }, g, out) == 0);
	CHECK(out[0] == size - 1);
	CHECK(back_Comm_create(W, h, &pair) == 0);
	CHECK(back_Comm_create_group(W, h, 7, &group_comm) == 0);
	restart();
	CHECK(sum_on(dup, SEAM_SUM) == size);
	CHECK(sum_on(even, SEAM_SUM) == comm_of(even)->size);
	if (pair != SEAM_COMM_NULL) {
		CHECK(sum_on(pair, SEAM_SUM) == (size > 1 ? 2 : 1));
		CHECK(sum_on(group_comm, SEAM_SUM) == (size > 1 ? 2 : 1));
		CHECK(comm_of(pair)->rank == (me == size - 1 ? 0 : 1));
		CHECK(back_Comm_free(&pair) == 0);
		CHECK(back_Comm_free(&group_comm) == 0);
	}
	if (none != SEAM_COMM_NULL)
		CHECK(back_Comm_free(&none) == 0);
	CHECK(back_Comm_free(&even) == 0 && even == SEAM_COMM_NULL);
	CHECK(back_Comm_free(&dup) == 0);
	CHECK(back_Group_free(&g) == 0 && back_Group_free(&h) == 0);
}

/* The same in many overlapping communicators; freed ones do not come back. */
static void test_many(void)
{
	seam_comm c[40], t;
	int i;

	for (i = 0; i < 40; i++) {
		CHECK(back_Comm_split(W, (me >> (i % 3)) & 1, i, &c[i]) == 0);
		CHECK(back_Comm_dup(c[i], &t) == 0);
		CHECK(back_Comm_free(&t) == 0);
	}
	restart();
	for (i = 0; i < 40; i++) {
		CHECK(sum_on(c[i], SEAM_SUM) == comm_of(c[i])->size);
		CHECK(back_Comm_free(&c[i]) == 0);
	}
}

static void test_inter(void)
{
	seam_comm half, inter, merged;

	if (size < 2)
		return;
	CHECK(back_Comm_split(W, me % 2, me, &half) == 0);
	CHECK(back_Intercomm_create(half, 0, W, 1 - me % 2, 5, &inter) == 0);
	restart();
	CHECK(sum_on(inter, SEAM_SUM) == comm_of(inter)->remote_size);
	CHECK(back_Intercomm_merge(inter, me % 2, &merged) == 0);
	restart();
	CHECK(sum_on(merged, SEAM_SUM) == size);
	CHECK(back_Comm_free(&merged) == 0 && back_Comm_free(&inter) == 0 &&
	      back_Comm_free(&half) == 0);
}

static void test_topologies(void)
{
	int dims[2] = { size, 1 }, periods[2] = { 1, 0 }, c[2], from, to;
	int none[2] = { 0, 0 }, *ring, i;
	int in, out, weighted, next = (me + 1) % size, prev, w = 3, got[2];
	seam_comm cart, row, dist, point, graph;

	prev = (me + size - 1) % size;
	CHECK(back_Cart_create(W, 2, dims, periods, 0, &cart) == 0);
	CHECK(back_Cart_sub(cart, (int[]){ 1, 0 }, &row) == 0);
	CHECK(back_Dist_graph_create_adjacent(W, 1, &prev, &w, 1, &next, &w,
					      SEAM_INFO_NULL, 0, &dist) == 0);
	CHECK(back_Cart_sub(cart, none, &point) == 0);
	ring = malloc(2 * size * sizeof(int));
	for (i = 0; i < size; i++) {
		ring[i] = i + 1;
		ring[size + i] = (i + 1) % size;
	}
	CHECK(back_Graph_create(W, size, ring, ring + size, 0, &graph) == 0);
	free(ring);
	restart();
	CHECK(back_Graph_neighbors_count(graph, me, &in) == 0 && in == 1);
	CHECK(back_Graph_neighbors(graph, me, 1, got) == 0 && got[0] == next);
	if (point != SEAM_COMM_NULL) /* MPICH: on rank 0 alone */
		CHECK(sum_on(point, SEAM_SUM) == 1 &&
		      back_Comm_free(&point) == 0);
	CHECK(back_Comm_free(&graph) == 0);
	CHECK(back_Cart_coords(cart, me, 2, c) == 0 && c[0] == me && !c[1]);
	CHECK(back_Cart_shift(cart, 0, 1, &from, &to) == 0);
	CHECK(from == prev && to == next);
	CHECK(back_Cart_shift(cart, 1, 1, &from, &to) == 0);
	CHECK(from == SEAM_PROC_NULL && to == SEAM_PROC_NULL);
	CHECK(sum_on(row, SEAM_SUM) == size);
	CHECK(back_Neighbor_allgather(&me, 1, SEAM_INT, got, 1, SEAM_INT,
				      dist) == 0);
	CHECK(got[0] == prev);
	CHECK(back_Dist_graph_neighbors_count(dist, &in, &out, &weighted) == 0);
	CHECK(in == 1 && out == 1 && weighted);
	CHECK(back_Comm_free(&cart) == 0 && back_Comm_free(&row) == 0 &&
	      back_Comm_free(&dist) == 0);
}

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
	restart();
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
	restart();
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

/* One rank has freed a communicator, the other is about to. */
static void test_half_freed(void)
{
	seam_comm dup;

	CHECK(back_Comm_dup(W, &dup) == 0);
	if (!me)
		CHECK(back_Comm_free(&dup) == 0);
	restart();
	CHECK(sum_on(W, SEAM_SUM) == size);
	if (me)
		CHECK(back_Comm_free(&dup) == 0);
}

/* A checkpoint is pending and this rank is at its target. */
static void test_parked(void)
{
	seam_comm dup = SEAM_COMM_NULL, again;
	struct clock c[64];
	uint64_t children = comm_of(W)->clock.children;

	CHECK(back_Comm_dup(W, &again) == 0);
	harness_pending(PENDING_CLOCK);
	CHECK(back_clocks(c, 64) > 0);
	CHECK(back_Comm_dup(W, &dup) == GATE_AGAIN);
	CHECK(back_Comm_free(&again) == GATE_AGAIN);
	CHECK(comm_of(W)->clock.children == children + 1 &&
	      dup == SEAM_COMM_NULL);
	harness_pending(PENDING_NONE);
	back_clear_targets();
	CHECK(back_Comm_dup(W, &dup) == 0 && back_Comm_free(&dup) == 0);
	CHECK(back_Comm_free(&again) == 0);
}

static void test_ops(void)
{
	seam_datatype pair;
	seam_op op;
	int32_t in[2] = { 1, me }, out[2];

	CHECK(back_Op_create((void *)add_op, 1, &op) == 0);
	CHECK(back_Type_contiguous(2, SEAM_INT, &pair) == 0);
	CHECK(back_Type_commit(&pair) == 0);
	CHECK(sum_on(W, op) == size);
	restart();
	CHECK(back_Allreduce(in, out, 1, pair, op, W) == 0);
	CHECK(out[0] == size && out[1] == size * (size - 1) / 2);
	CHECK(back_Op_free(&op) == 0 && back_Type_free(&pair) == 0);
}

static void test_attributes(void)
{
	int key, flag, *ub, type_key;
	seam_datatype t, u;
	seam_comm dup;
	void *v;

	CHECK(back_Comm_create_keyval((void *)2, (void *)2, &key, &copies) ==
	      0);
	CHECK(back_Type_create_keyval(SEAM_TYPE_DUP_FN, NULL, &type_key,
				      NULL) == 0);
	CHECK(back_Comm_set_attr(W, key, (void *)100) == 0);
	CHECK(back_Comm_dup(W, &dup) == 0 && copies == 1);
	restart();
	CHECK(back_Comm_get_attr(dup, key, &v, &flag) == 0);
	CHECK(flag && v == (void *)101);
	CHECK(back_Comm_free(&dup) == 0 && deletes == 1);
	CHECK(back_Comm_delete_attr(W, key) == 0 && deletes == 2);
	CHECK(back_Comm_get_attr(W, key, &v, &flag) == 0 && !flag);
	CHECK(back_Comm_free_keyval(&key) == 0 && key == SEAM_KEYVAL_INVALID);
	CHECK(back_Comm_get_attr(W, SEAM_TAG_UB, &ub, &flag) == 0);
	CHECK(flag && *ub >= 32767 && (uintptr_t)ub >= KEEP_BASE);
	CHECK(back_Type_dup(SEAM_INT, &t) == 0);
	CHECK(back_Type_set_attr(t, type_key, &t) == 0);
	CHECK(back_Type_dup(t, &u) == 0);
	CHECK(back_Type_get_attr(u, type_key, &v, &flag) == 0 && v == &t);
	CHECK(back_Type_free(&t) == 0 && back_Type_free(&u) == 0);
}

static void test_errors(void)
{
	int class, code, got, len, rc;
	char text[SEAM_MAX_ERROR_STRING];
	seam_errhandler h;
	seam_comm dup;

	CHECK(back_Comm_create_errhandler(&handled, &h) == 0);
	CHECK(back_Comm_set_errhandler(W, h) == 0);
	CHECK(back_Errhandler_free(&h) == 0);
	CHECK(back_Comm_dup(W, &dup) == 0);
	restart();
	rc = back_Bcast(NULL, 1, SEAM_INT, size + 5, dup);
	CHECK(rc && handled == 1);
	CHECK(back_Error_class(rc, &class) == 0 && class == SEAM_ERR_ROOT);
	CHECK(back_Error_string(rc, text, &len) == 0 && len > 5);
	CHECK(back_Comm_set_errhandler(W, SEAM_ERRORS_RETURN) == 0);
	CHECK(back_Comm_set_errhandler(SEAM_COMM_SELF, SEAM_ERRORS_RETURN) ==
	      0);
	CHECK(back_Type_contiguous(-1, SEAM_INT, (seam_datatype[1]){ 0 }));
	CHECK(back_Comm_call_errhandler(dup, SEAM_ERR_ARG) == 0);
	CHECK(handled == 2);
	CHECK(back_Add_error_class(&class) == 0);
	CHECK(back_Add_error_code(class, &code) == 0);
	CHECK(back_Add_error_string(code, "all wrong") == 0);
	CHECK(back_Error_string(code, text, &len) == 0);
	CHECK(!strcmp(text, "all wrong"));
	CHECK(back_Error_class(code, &got) == 0 && got == class);
	CHECK(back_Comm_free(&dup) == 0);
}

static void test_infos(void)
{
	char v[64];
	int flag, n;
	seam_info i, j;

	CHECK(back_Info_create(&i) == 0);
	CHECK(back_Info_set(i, "a", "1") == 0);
	CHECK(back_Info_set(i, "b", "22") == 0);
	CHECK(back_Info_set(i, "a", "333") == 0);
	CHECK(back_Info_dup(i, &j) == 0 && back_Info_delete(i, "a") == 0);
	CHECK(back_Info_get(j, "a", 63, v, &flag) == 0 && flag);
	CHECK(!strcmp(v, "333"));
	CHECK(back_Info_get_nkeys(i, &n) == 0 && n == 1);
	n = 64;
	CHECK(back_Info_get_string(i, "b", &n, v, &flag) == 0 && n == 3);
	CHECK(back_Info_free(&i) == 0 && back_Info_free(&j) == 0);
}

static void test_names(void)
{
	char name[SEAM_MAX_OBJECT_NAME];
	int len;

	CHECK(back_Comm_get_name(W, name, &len) == 0);
	CHECK(!strcmp(name, "MPI_COMM_WORLD") && len == 14);
	CHECK(back_Type_get_name(SEAM_INT, name, &len) == 0);
	CHECK(!strcmp(name, "MPI_INT"));
	CHECK(back_Comm_set_name(W, "mine") == 0);
	CHECK(back_Comm_get_name(W, name, &len) == 0 && !strcmp(name, "mine"));
}

static void test_idup(void)
{
	struct seam_status s;
	seam_request r;
	seam_comm dup;

	CHECK(back_Comm_idup(W, &dup, &r) == 0);
	CHECK(back_Wait(&r, &s) == 0);
	CHECK(sum_on(dup, SEAM_SUM) == size);
	restart();
	CHECK(sum_on(dup, SEAM_SUM) == size);
	CHECK(back_Comm_free(&dup) == 0);
}

int main(void)
{
	char why[100];

	harness_start(SEAM_THREAD_SERIALIZED);
	back_register_front(&shims);
	me = back_rank();
	size = back_size();
	test_comms();
	test_many();
	test_inter();
	test_topologies();
	test_types();
	test_constructors();
	test_large();
	test_ops();
	test_half_freed();
	if (size > 1)
		test_parked();
	test_attributes();
	test_errors();
	test_infos();
	test_names();
	test_idup();
	CHECK(!objects_refuse(why, sizeof(why)));
	harness_end();
	return 0;
}
