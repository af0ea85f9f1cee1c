/* SPDX-License-Identifier: MIT */
/* freed_early.c - one rank is through with a communicator others still need
 *
 * MPI_Comm_free waits for nobody, nor does the root of a small broadcast: rank
 * 0 has forgotten the communicator while the others have yet to receive on it,
 * and the others go on among themselves.
 */
/* test: ranks=2,3 */
#include <mpi.h>
#include "check.h"

static MPI_Comm make(void)
{
	MPI_Comm c;
	MPI_Group g;

	switch (check.round % 3) {
	case 0:
		MPI_Comm_dup(MPI_COMM_WORLD, &c);
		break;
	case 1:
		MPI_Comm_split(MPI_COMM_WORLD, 0, check.rank, &c);
		break;
	default:
		MPI_Comm_group(MPI_COMM_WORLD, &g);
		MPI_Comm_create_group(MPI_COMM_WORLD, g, 7, &c);
		MPI_Group_free(&g);
	}
	return c;
}

/* Its parent may be gone as well. */
static MPI_Comm make_two(void)
{
	MPI_Comm outer = make(), inner = outer;

	if (check.round % 2) {
		MPI_Comm_dup(outer, &inner);
		MPI_Comm_free(&outer);
	}
	return inner;
}

static void use(MPI_Comm c)
{
	int v = -1, tag = (int)check.round % 100, next, before;
	MPI_Status st;

	if (check.rank == 0) {
		v = (int)check.round;
		for (next = 1; next < check.size; next++)
			MPI_Send(&v, 1, MPI_INT, next, tag, c);
	} else {
		check_sleep(0.08);
	}
	MPI_Bcast(&v, 1, MPI_INT, 0, c);
	CHECK_EQ(v, check.round);
	if (check.rank == 0)
		return;
	MPI_Recv(&v, 1, MPI_INT, MPI_ANY_SOURCE, tag, c, &st);
	CHECK_EQ(v, check.round);
	CHECK_EQ(st.MPI_SOURCE, 0);
	check_sleep(0.05);
	next = check.rank % (check.size - 1) + 1;
	before = (check.rank + check.size - 3) % (check.size - 1) + 1;
	v = check.rank * 1000;
	MPI_Sendrecv_replace(&v, 1, MPI_INT, next, 101, before, 101, c, &st);
	CHECK_EQ(v, before * 1000);
}

int main(int argc, char **argv)
{
	MPI_Comm c;

	check_start(argc, argv);
	do {
		c = make_two();
		use(c);
		MPI_Comm_free(&c);
		if (check.rank == 0)
			check_sleep(0.15);
	} while (check_more());
	return check_pass();
}
