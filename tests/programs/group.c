/* SPDX-License-Identifier: MIT */
/* group.c - the algebra of groups */
/* test: ranks=2,4 */
#include <mpi.h>
#include "check.h"

static int size_of(MPI_Group g)
{
	int n;

	MPI_Group_size(g, &n);
	return n;
}

static int relation(MPI_Group a, MPI_Group b)
{
	int result;

	MPI_Group_compare(a, b, &result);
	return result;
}

static void translate(MPI_Group all, MPI_Group some, int first)
{
	int in[3] = { 0, size_of(some) - 1, MPI_PROC_NULL }, out[3], rank;

	MPI_Group_translate_ranks(some, 3, in, all, out);
	CHECK_EQ(out[0], first);
	CHECK_EQ(out[1], first + size_of(some) - 1);
	CHECK_EQ(out[2], MPI_PROC_NULL);
	MPI_Group_rank(some, &rank);
	CHECK_EQ(rank, check.rank >= first && check.rank <= out[1] ?
			       check.rank - first :
			       MPI_UNDEFINED);
}

static void algebra(MPI_Group all, MPI_Group low, MPI_Group high)
{
	MPI_Group both, none, rest;

	MPI_Group_union(low, high, &both);
	CHECK_EQ(relation(both, all), MPI_IDENT);
	MPI_Group_intersection(low, high, &none);
	CHECK(none == MPI_GROUP_EMPTY || size_of(none) == 0);
	CHECK_EQ(size_of(MPI_GROUP_EMPTY), 0);
	MPI_Group_difference(all, low, &rest);
	CHECK_EQ(relation(rest, high), MPI_IDENT);
	CHECK_EQ(relation(low, high), MPI_UNEQUAL);
	MPI_Group_free(&both);
	if (none != MPI_GROUP_EMPTY)
		MPI_Group_free(&none);
	MPI_Group_free(&rest);
	MPI_Group_union(high, low, &both);
	CHECK_EQ(relation(both, all), MPI_SIMILAR);
	MPI_Group_free(&both);
}

int main(int argc, char **argv)
{
	MPI_Group all, low, high, by_range;
	int half, ranks[64], range[1][3] = { { 0, 0, 1 } }, i;

	check_start(argc, argv);
	half = check.size / 2;
	CHECK(half > 0 && half <= 64);
	for (i = 0; i < half; i++)
		ranks[i] = i;
	range[0][1] = half - 1;
	MPI_Comm_group(MPI_COMM_WORLD, &all);
	while (check_more()) {
		MPI_Group_incl(all, half, ranks, &low);
		MPI_Group_excl(all, half, ranks, &high);
		if (check.round % 16 == 0)
			check_sleep(0.1);
		translate(all, low, 0);
		translate(all, high, half);
		algebra(all, low, high);
		MPI_Group_range_excl(all, 1, range, &by_range);
		CHECK_EQ(relation(by_range, high), MPI_IDENT);
		MPI_Group_free(&by_range);
		MPI_Group_free(&low);
		MPI_Group_free(&high);
		CHECK(low == MPI_GROUP_NULL);
	}
	MPI_Group_free(&all);
	return check_pass();
}
