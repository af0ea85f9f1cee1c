/* SPDX-License-Identifier: MIT */
/* op_user.c - user reductions: 2x2 matrices (in order), derived types */
/* test: ranks=2,4 */
#include <mpi.h>
#include "check.h"

struct matrix {
	unsigned a, b, c, d;
};
static MPI_Datatype matrix_type;
static long calls;

static void multiply(void *in, void *inout, int *len, MPI_Datatype *type)
{
	struct matrix *x = in, *y = inout, z;
	int i;

	CHECK(*type == matrix_type);
	for (i = 0; i < *len; i++) {
		z.a = x[i].a * y[i].a + x[i].b * y[i].c;
		z.b = x[i].a * y[i].b + x[i].b * y[i].d;
		z.c = x[i].c * y[i].a + x[i].d * y[i].c;
		z.d = x[i].c * y[i].b + x[i].d * y[i].d;
		y[i] = z;
	}
	calls++;
}

static void largest(void *in, void *inout, int *len, MPI_Datatype *type)
{
	int *x = in, *y = inout, i;

	CHECK(*type == MPI_INT);
	for (i = 0; i < *len; i++)
		y[i] = abs(x[i]) > abs(y[i]) ? x[i] : y[i];
}

static struct matrix of(int rank, int i)
{
	struct matrix m = { 1 + (unsigned)rank, (unsigned)i, 3,
			    (unsigned)check.round };
	return m;
}

static void in_order(MPI_Op op)
{
	struct matrix mine[5], got[5], want, next;
	MPI_Datatype t = matrix_type;
	int i, r, one = 1;

	for (i = 0; i < 5; i++)
		mine[i] = of(check.rank, i);
	MPI_Allreduce(mine, got, 5, matrix_type, op, MPI_COMM_WORLD);
	for (i = 0; i < 5; i++) {
		want = of(check.size - 1, i);
		for (r = check.size - 2; r >= 0; r--) {
			next = of(r, i);
			multiply(&next, &want, &one, &t);
		}
		CHECK_EQ(memcmp(&want, &got[i], sizeof(want)), 0);
	}
	MPI_Scan(mine, got, 5, matrix_type, op, MPI_COMM_WORLD);
	MPI_Reduce_local(mine, got, 5, matrix_type, op);
	MPI_Reduce(mine, got, 5, matrix_type, op, 0, MPI_COMM_WORLD);
}

int main(int argc, char **argv)
{
	int commutes, value, got;
	MPI_Op op, max;

	check_start(argc, argv);
	MPI_Type_contiguous(4, MPI_UNSIGNED, &matrix_type);
	MPI_Type_commit(&matrix_type);
	MPI_Op_create(multiply, 0, &op);
	MPI_Op_create(largest, 1, &max);
	MPI_Op_commutative(op, &commutes);
	CHECK(!commutes);
	MPI_Op_commutative(MPI_SUM, &commutes);
	CHECK(commutes);
	while (check_more()) {
		in_order(op);
		value = check.rank % 2 ? -check.rank * 3 : check.rank;
		MPI_Allreduce(&value, &got, 1, MPI_INT, max, MPI_COMM_WORLD);
		CHECK_EQ(got, -3 * (check.size - 1));
	}
	CHECK(calls > 0);
	MPI_Op_free(&op);
	MPI_Op_free(&max);
	CHECK(op == MPI_OP_NULL);
	MPI_Type_free(&matrix_type);
	return check_pass();
}
