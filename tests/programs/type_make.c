/* SPDX-License-Identifier: MIT */
/* type_make.c - every type constructor: what is sent arrives in place */
/* test: ranks=2,4 */
#include <mpi.h>
#include "check.h"

enum { N = 64, KINDS = 12 };
static MPI_Datatype types[KINDS];
static const char want[KINDS][20] = { "0 1 2",	 "0 1 4 5 8 9", "0 1 4 5 8 9",
				      "1 2 7",	 "1 2 7",	"1 2 7 8",
				      "1 2 7 8", "0 5 6",	"9 10 13 14",
				      "0 4",	 "0 1 2",	"8 9 10 11" };

static void make(void)
{
	int lens[2] = { 2, 1 }, at[2] = { 1, 7 };
	int full[2] = { 4, 4 }, part[2] = { 2, 2 }, start[2] = { 2, 1 };
	int row_part[2] = { 1, 4 }, row_start[2] = { 2, 0 };
	MPI_Aint bytes_at[2] = { 4, 28 }, fields_at[2] = { 0, 20 };
	int fields[2] = { 1, 2 };
	MPI_Datatype two[2] = { MPI_INT, MPI_INT }, one;

	MPI_Type_contiguous(3, MPI_INT, &types[0]);
	MPI_Type_vector(3, 2, 4, MPI_INT, &types[1]);
	MPI_Type_create_hvector(3, 2, 16, MPI_INT, &types[2]);
	MPI_Type_indexed(2, lens, at, MPI_INT, &types[3]);
	MPI_Type_create_hindexed(2, lens, bytes_at, MPI_INT, &types[4]);
	MPI_Type_create_indexed_block(2, 2, at, MPI_INT, &types[5]);
	MPI_Type_create_hindexed_block(2, 2, bytes_at, MPI_INT, &types[6]);
	MPI_Type_create_struct(2, fields, fields_at, two, &types[7]);
	MPI_Type_create_subarray(2, full, part, start, MPI_ORDER_C, MPI_INT,
				 &types[8]);
	MPI_Type_create_resized(MPI_INT, 0, 16, &one);
	MPI_Type_contiguous(2, one, &types[9]);
	MPI_Type_free(&one);
	MPI_Type_dup(types[0], &types[10]);
	MPI_Type_create_subarray(2, full, row_part, row_start, MPI_ORDER_C,
				 MPI_INT, &types[11]);
}

/* Are exactly the places named in @places equal to their index? */
static void verify(const int *buf, const char *places, int kind)
{
	char *end;
	long next = strtol(places, &end, 10);
	int i;

	for (i = 0; i < N; i++) {
		if (i != next) {
			CHECK_EQ(buf[i], -1);
			continue;
		}
		CHECK_EQ(buf[i], i + kind);
		next = *end ? strtol(end, &end, 10) : -1;
	}
}

static void exchange(int kind)
{
	int out[N], in[N], i, to = (check.rank + 1) % check.size;
	int from = (check.rank + check.size - 1) % check.size, count, n;
	MPI_Status st;

	for (i = 0; i < N; i++) {
		out[i] = i + kind;
		in[i] = -1;
	}
	MPI_Sendrecv(out, 1, types[kind], to, kind, in, 1, types[kind], from,
		     kind, MPI_COMM_WORLD, &st);
	verify(in, want[kind], kind);
	MPI_Get_count(&st, types[kind], &count);
	CHECK_EQ(count, 1);
	MPI_Type_size(types[kind], &n);
	MPI_Get_elements(&st, types[kind], &count);
	CHECK_EQ(count * (int)sizeof(int), n);
}

int main(int argc, char **argv)
{
	int i;

	check_start(argc, argv);
	make();
	for (i = 0; i < KINDS; i++)
		MPI_Type_commit(&types[i]);
	while (check_more())
		for (i = 0; i < KINDS; i++)
			exchange(i);
	for (i = 0; i < KINDS; i++)
		MPI_Type_free(&types[i]);
	return check_pass();
}
