/* SPDX-License-Identifier: MIT */
/* freed_inter.c - as freed_early, with intercommunicators
 *
 * One side is through with an intercommunicator and goes on making
 * communicators of its own; the other side has yet to receive on it.
 */
/* test: ranks=4 */
#include <mpi.h>
#include "check.h"

/* The two of the late side, among themselves. */
static void late(MPI_Comm inter, MPI_Comm c)
{
	int v = -1, size;

	check_sleep(0.3);
	if (inter != MPI_COMM_NULL) {
		MPI_Bcast(&v, 1, MPI_INT, 0, inter);
	} else {
		MPI_Comm_size(c, &size);
		CHECK_EQ(size, 4);
		MPI_Bcast(&v, 1, MPI_INT, 0, c);
	}
	CHECK_EQ(v, check.round);
	check_sleep(0.05);
}

int main(int argc, char **argv)
{
	MPI_Comm half, inter, c, tmp;
	int v, side, i;

	check_start(argc, argv);
	side = check.rank / 2;
	do {
		MPI_Comm_split(MPI_COMM_WORLD, side, check.rank, &half);
		MPI_Intercomm_create(half, 0, MPI_COMM_WORLD, side ? 0 : 2, 5,
				     &inter);
		c = MPI_COMM_NULL;
		if (check.round % 2) {
			MPI_Intercomm_merge(inter, side, &c);
			MPI_Comm_free(&inter);
			inter = MPI_COMM_NULL;
		}
		v = (int)check.round;
		if (side == 1)
			late(inter, c);
		else if (c != MPI_COMM_NULL)
			MPI_Bcast(&v, 1, MPI_INT, 0, c);
		else
			MPI_Bcast(&v, 1, MPI_INT,
				  check.rank ? MPI_PROC_NULL : MPI_ROOT, inter);
		if (inter != MPI_COMM_NULL)
			MPI_Comm_free(&inter);
		if (c != MPI_COMM_NULL)
			MPI_Comm_free(&c);
		for (i = 0; i < 40 && side == 0; i++) {
			MPI_Comm_dup(half, &tmp);
			MPI_Comm_free(&tmp);
			check_sleep(0.008);
		}
		MPI_Comm_free(&half);
	} while (check_more());
	return check_pass();
}
