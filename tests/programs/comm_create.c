/* SPDX-License-Identifier: MIT */
/* comm_create.c - communicators made from groups, collectively or by members */
/* test: ranks=2,4 */
#include <mpi.h>
#include "check.h"

static void use(MPI_Comm c, int members)
{
	int size, rank, sum, top;

	MPI_Comm_size(c, &size);
	MPI_Comm_rank(c, &rank);
	CHECK_EQ(size, members);
	CHECK_EQ(rank, members - 1 - check.rank);
	MPI_Allreduce(&rank, &sum, 1, MPI_INT, MPI_SUM, c);
	CHECK_EQ(sum, members * (members - 1) / 2);
	top = check.rank;
	MPI_Bcast(&top, 1, MPI_INT, 0, c);
	CHECK_EQ(top, members - 1);
}

/* The first @members ranks, in reverse. */
static MPI_Group reversed(int members)
{
	MPI_Group all, some;
	int range[1][3] = { { members - 1, 0, -1 } };

	MPI_Comm_group(MPI_COMM_WORLD, &all);
	MPI_Group_range_incl(all, 1, range, &some);
	MPI_Group_free(&all);
	return some;
}

static void collectively(int members)
{
	MPI_Group g = reversed(members);
	MPI_Comm c;

	MPI_Comm_create(MPI_COMM_WORLD, g, &c);
	MPI_Group_free(&g);
	if (check.rank >= members) {
		CHECK(c == MPI_COMM_NULL);
		return;
	}
	use(c, members);
	MPI_Comm_free(&c);
}

static void by_members(int members)
{
	MPI_Group g;
	MPI_Comm c;

	if (check.rank >= members)
		return;
	g = reversed(members);
	MPI_Comm_create_group(MPI_COMM_WORLD, g, 42, &c);
	MPI_Group_free(&g);
	use(c, members);
	MPI_Comm_free(&c);
}

int main(int argc, char **argv)
{
	MPI_Group all;
	MPI_Comm kept;
	int members;

	check_start(argc, argv);
	all = reversed(check.size);
	MPI_Comm_create_group(MPI_COMM_WORLD, all, 0, &kept);
	MPI_Group_free(&all);
	while (check_more()) {
		members = 1 + (int)(check.round % check.size);
		collectively(members);
		by_members(members);
		use(kept, check.size);
	}
	MPI_Comm_free(&kept);
	return check_pass();
}
