/* SPDX-License-Identifier: MIT */
/* coll_types.c - collectives over derived types and predefined operations */
/* test: ranks=2,4 */
#include <mpi.h>
#include "check.h"

enum { ROWS = 8, COLS = 6 };

/* A column sent as a strided vector arrives as a contiguous one. */
static void columns(MPI_Datatype column)
{
	double a[ROWS][COLS], b[COLS * ROWS * 16];
	int i, r;

	for (i = 0; i < ROWS * COLS; i++)
		a[i / COLS][i % COLS] = check.rank * 100 + i;
	MPI_Allgather(&a[0][2], 1, column, b, ROWS, MPI_DOUBLE, MPI_COMM_WORLD);
	for (r = 0; r < check.size; r++)
		for (i = 0; i < ROWS; i++)
			CHECK(b[r * ROWS + i] == r * 100 + i * COLS + 2);
	MPI_Bcast(&a[0][4], 1, column, 0, MPI_COMM_WORLD);
	for (i = 0; i < ROWS; i++) {
		CHECK(a[i][4] == i * COLS + 4);
		CHECK(a[i][3] == check.rank * 100 + i * COLS + 3);
	}
}

static void locations(void)
{
	struct {
		double value;
		int where;
	} in, out;
	struct {
		int value, where;
	} in2, out2;

	in.value = in2.value = (int)((check.rank + check.round) % check.size);
	in.where = in2.where = check.rank;
	MPI_Allreduce(&in, &out, 1, MPI_DOUBLE_INT, MPI_MAXLOC, MPI_COMM_WORLD);
	CHECK(out.value == check.size - 1);
	CHECK_EQ((out.where + check.round) % check.size, check.size - 1);
	MPI_Allreduce(&in2, &out2, 1, MPI_2INT, MPI_MINLOC, MPI_COMM_WORLD);
	CHECK_EQ(out2.value, 0);
	CHECK_EQ((out2.where + check.round) % check.size, 0);
}

static void operations(void)
{
	int bits = 1 << check.rank, got, n = check.size, fact, i, one = 1;
	unsigned char byte = (unsigned char)(0xf0 | bits), all;
	long long big = 1LL << 40, total;
	float f = 0.5f, fsum;

	MPI_Allreduce(&bits, &got, 1, MPI_INT, MPI_BOR, MPI_COMM_WORLD);
	CHECK_EQ(got, (1 << n) - 1);
	MPI_Allreduce(&bits, &got, 1, MPI_INT, MPI_BXOR, MPI_COMM_WORLD);
	CHECK_EQ(got, (1 << n) - 1);
	MPI_Allreduce(&byte, &all, 1, MPI_BYTE, MPI_BAND, MPI_COMM_WORLD);
	CHECK_EQ(all, 0xf0);
	MPI_Allreduce(&check.rank, &got, 1, MPI_INT, MPI_LAND, MPI_COMM_WORLD);
	CHECK_EQ(got, 0);
	MPI_Allreduce(&check.rank, &got, 1, MPI_INT, MPI_LOR, MPI_COMM_WORLD);
	CHECK_EQ(got, 1);
	MPI_Allreduce(&one, &got, 1, MPI_INT, MPI_LXOR, MPI_COMM_WORLD);
	CHECK_EQ(got, n % 2);
	for (fact = i = 1; i <= n; i++)
		fact *= i;
	i = check.rank + 1;
	MPI_Allreduce(&i, &got, 1, MPI_INT, MPI_PROD, MPI_COMM_WORLD);
	CHECK_EQ(got, fact);
	MPI_Allreduce(&big, &total, 1, MPI_LONG_LONG, MPI_SUM, MPI_COMM_WORLD);
	CHECK_EQ(total, big * n);
	MPI_Allreduce(&f, &fsum, 1, MPI_FLOAT, MPI_SUM, MPI_COMM_WORLD);
	CHECK(fsum == 0.5f * (float)n);
}

int main(int argc, char **argv)
{
	MPI_Datatype column;

	check_start(argc, argv);
	CHECK(check.size <= 16);
	MPI_Type_vector(ROWS, 1, COLS, MPI_DOUBLE, &column);
	MPI_Type_commit(&column);
	while (check_more()) {
		columns(column);
		locations();
		operations();
	}
	MPI_Type_free(&column);
	return check_pass();
}
