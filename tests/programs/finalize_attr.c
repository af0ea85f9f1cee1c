/* SPDX-License-Identifier: MIT */
/* finalize_attr.c - MPI_COMM_SELF has an attribute on one rank only
 *
 * Its callback runs in MPI_Finalize; the process goes on without MPI.
 */
/* test: ranks=2 mpi=mpich,openmpi */
#include <mpi.h>
#include "check.h"

static int ran;

static int at_end(MPI_Comm c, int k, void *value, void *extra)
{
	(void)c, (void)k, (void)value, (void)extra;
	ran++;
	return MPI_SUCCESS;
}

int main(int argc, char **argv)
{
	int key;

	check_start(argc, argv);
	if (check.rank == 0) {
		MPI_Comm_create_keyval(MPI_COMM_NULL_COPY_FN, at_end, &key,
				       NULL);
		MPI_Comm_set_attr(MPI_COMM_SELF, key, &ran);
	}
	MPI_Barrier(MPI_COMM_WORLD);
	MPI_Finalize();
	CHECK_EQ(ran, check.rank == 0);
	check_sleep(check.limit);
	if (check.rank == 0)
		puts("PASSED");
	return 0;
}
