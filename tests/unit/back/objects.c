/* SPDX-License-Identifier: MIT */
/* objects.c - all kinds of objects but types: made, asked, lost, made again */
#include <string.h>
#include "harness.h"
#include "mpi-wrappers/front_shims.h"
#include "mpi-wrappers/back/core/regular.h"
#include "mpi-wrappers/back/type/type.h"

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
	harness_restart_objects();
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
	harness_restart_objects();
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
	harness_restart_objects();
	CHECK(sum_on(inter, SEAM_SUM) == comm_of(inter)->remote_size);
	CHECK(back_Intercomm_merge(inter, me % 2, &merged) == 0);
	harness_restart_objects();
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
	harness_restart_objects();
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

/* One rank has freed a communicator, the other is about to. */
static void test_half_freed(void)
{
	seam_comm dup;

	CHECK(back_Comm_dup(W, &dup) == 0);
	if (!me)
		CHECK(back_Comm_free(&dup) == 0);
	harness_restart_objects();
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
	harness_restart_objects();
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
	harness_restart_objects();
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
	harness_restart_objects();
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
	harness_restart_objects();
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
