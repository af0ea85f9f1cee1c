/* SPDX-License-Identifier: MIT */
/* type_query.c - envelopes, contents, sizes, extents, partial elements */
/* test: ranks=2 */
#include <mpi.h>
#include "check.h"

static void combiner_is(MPI_Datatype t, int want, int ints, int aints, int n)
{
	int ni, na, nd, combiner;

	MPI_Type_get_envelope(t, &ni, &na, &nd, &combiner);
	CHECK_EQ(combiner, want);
	CHECK_EQ(ni, ints);
	CHECK_EQ(na, aints);
	CHECK_EQ(nd, n);
}

/* A struct of an int and a resized vector, taken apart again. */
static void contents(MPI_Datatype type)
{
	int i[3], v[3];
	MPI_Aint a[2], bounds[2];
	MPI_Datatype d[2], vector[1], base[1];

	combiner_is(type, MPI_COMBINER_STRUCT, 3, 2, 2);
	MPI_Type_get_contents(type, 3, 2, 2, i, a, d);
	CHECK(i[0] == 2 && i[1] == 3 && i[2] == 1);
	CHECK(a[0] == 0 && a[1] == 16);
	CHECK(d[0] == MPI_INT);
	combiner_is(d[0], MPI_COMBINER_NAMED, 0, 0, 0);
	combiner_is(d[1], MPI_COMBINER_RESIZED, 0, 2, 1);
	MPI_Type_get_extent(d[1], &a[0], &a[1]);
	CHECK(a[0] == -8 && a[1] == 128);
	MPI_Type_get_contents(d[1], 0, 2, 1, i, bounds, vector);
	CHECK(bounds[0] == -8 && bounds[1] == 128);
	combiner_is(vector[0], MPI_COMBINER_VECTOR, 3, 0, 1);
	MPI_Type_get_contents(vector[0], 3, 0, 1, v, bounds, base);
	CHECK(v[0] == 4 && v[1] == 1 && v[2] == 3);
	CHECK(base[0] == MPI_DOUBLE);
	MPI_Type_free(&vector[0]);
	MPI_Type_free(&d[1]);
}

static MPI_Datatype make(void)
{
	MPI_Datatype vector, resized, type, parts[2] = { MPI_INT };
	int lens[2] = { 3, 1 };
	MPI_Aint at[2] = { 0, 16 };

	MPI_Type_vector(4, 1, 3, MPI_DOUBLE, &vector);
	MPI_Type_create_resized(vector, -8, 128, &resized);
	parts[1] = resized;
	MPI_Type_create_struct(2, lens, at, parts, &type);
	MPI_Type_free(&vector);
	MPI_Type_free(&resized);
	return type;
}

static void measures(MPI_Datatype type)
{
	MPI_Aint lb, extent;
	MPI_Count big;
	int size;

	MPI_Type_size(type, &size);
	CHECK_EQ(size, 3 * 4 + 4 * 8);
	MPI_Type_size_x(type, &big);
	CHECK_EQ(big, size);
	MPI_Type_get_true_extent(type, &lb, &extent);
	CHECK_EQ(lb, 0);
	CHECK_EQ(extent, 16 + 9 * 8 + 8);
}

static void partial(MPI_Datatype type)
{
	char in[512], out[64] = { 0 };
	int count, elements, peer = check.rank ^ 1;
	MPI_Status st;

	MPI_Sendrecv(out, 20, MPI_BYTE, peer, 1, in, 1, type, peer, 1,
		     MPI_COMM_WORLD, &st);
	MPI_Get_count(&st, type, &count);
	CHECK_EQ(count, MPI_UNDEFINED);
	MPI_Get_elements(&st, type, &elements);
	CHECK_EQ(elements, 4);
	MPI_Get_count(&st, MPI_BYTE, &count);
	CHECK_EQ(count, 20);
}

int main(int argc, char **argv)
{
	MPI_Datatype kept, type;

	check_start(argc, argv);
	kept = make();
	MPI_Type_commit(&kept);
	while (check_more()) {
		type = make();
		check_sleep(check.round % 8 ? 0 : 0.1);
		contents(type);
		measures(type);
		MPI_Type_free(&type);
		CHECK(type == MPI_DATATYPE_NULL);
		contents(kept);
		partial(kept);
	}
	MPI_Type_free(&kept);
	return check_pass();
}
