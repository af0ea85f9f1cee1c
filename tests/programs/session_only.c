/* SPDX-License-Identifier: MIT */
/* session_only.c - a session and no MPI_Init; a rank that ends long before
 * another
 *
 * MPICH's launcher ends all ranks when one leaves without a word to it, so the
 * last one is who says PASSED.
 */
/* test: ranks=2 mpi=mpich ckpt=may */
#include <mpi.h>
#include "check.h"

int main(int argc, char **argv)
{
	MPI_Session s;
	MPI_Group g;

	check_args(argc, argv);
	MPI_Session_init(MPI_INFO_NULL, MPI_ERRORS_RETURN, &s);
	MPI_Group_from_session_pset(s, "mpi://WORLD", &g);
	MPI_Group_rank(g, &check.rank);
	MPI_Group_size(g, &check.size);
	MPI_Group_free(&g);
	CHECK_EQ(MPI_Session_finalize(&s), MPI_SUCCESS);
	while (check_time_left())
		check_sleep(0.1);
	if (check.rank == check.size - 1) {
		sleep(1);
		puts("PASSED");
	}
	return 0;
}
