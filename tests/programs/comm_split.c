/* SPDX-License-Identifier: MIT */
/* comm_split.c - split by colour and key, and by type; nested; undefined */
/* test: ranks=2,4 */
#include <mpi.h>
#include "check.h"

static void use(MPI_Comm c, int size, int rank)
{
	int got, sum;

	MPI_Comm_size(c, &got);
	CHECK_EQ(got, size);
	MPI_Comm_rank(c, &got);
	CHECK_EQ(got, rank);
	MPI_Allreduce(&rank, &sum, 1, MPI_INT, MPI_SUM, c);
	CHECK_EQ(sum, size * (size - 1) / 2);
}

static void reversed(void)
{
	MPI_Comm c, half;
	int n = check.size, me;

	MPI_Comm_split(MPI_COMM_WORLD, 7, -check.rank, &c);
	me = n - 1 - check.rank;
	use(c, n, me);
	MPI_Comm_split(c, me % 2, 0, &half);
	use(half, me % 2 ? n / 2 : (n + 1) / 2, me / 2);
	MPI_Comm_free(&c);
	use(half, me % 2 ? n / 2 : (n + 1) / 2, me / 2);
	MPI_Comm_free(&half);
}

static void some_undefined(void)
{
	MPI_Comm c;

	MPI_Comm_split(MPI_COMM_WORLD, check.rank ? 3 : MPI_UNDEFINED, 0, &c);
	if (check.rank == 0) {
		CHECK(c == MPI_COMM_NULL);
		return;
	}
	use(c, check.size - 1, check.rank - 1);
	MPI_Comm_free(&c);
}

/* All ranks of this suite share one node. MPICH 5.0 may find none that they
 * share, natively too. */
static void by_type(void)
{
	MPI_Comm c;
	int n;

	MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0,
			    MPI_INFO_NULL, &c);
	MPI_Comm_size(c, &n);
#if defined(MPICH_NUMVERSION) && MPICH_NUMVERSION >= 50000000
	if (n == 1)
		use(c, 1, 0);
	else
#endif
		use(c, check.size, check.rank);
	MPI_Comm_free(&c);
	MPI_Comm_split_type(MPI_COMM_WORLD, MPI_UNDEFINED, 0, MPI_INFO_NULL,
			    &c);
	CHECK(c == MPI_COMM_NULL);
}

int main(int argc, char **argv)
{
	MPI_Comm kept;

	check_start(argc, argv);
	MPI_Comm_split(MPI_COMM_WORLD, check.rank % 2, check.rank, &kept);
	while (check_more()) {
		reversed();
		some_undefined();
		by_type();
		use(kept, (check.size + !(check.rank % 2)) / 2, check.rank / 2);
	}
	MPI_Comm_free(&kept);
	return check_pass();
}
