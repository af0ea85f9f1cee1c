/* SPDX-License-Identifier: MIT */
/* comm_churn.c - communicators, groups, types made and freed without end */
/* test: ranks=2,4 */
#include <mpi.h>
#include "check.h"

enum { BATCH = 100 };

static void batch(void)
{
	MPI_Comm dup, split;
	MPI_Group group;
	MPI_Datatype type;
	int i, size;

	for (i = 0; i < BATCH; i++) {
		MPI_Comm_dup(MPI_COMM_WORLD, &dup);
		MPI_Comm_split(dup, check.rank % 2, i, &split);
		MPI_Comm_free(&dup);
		MPI_Comm_group(split, &group);
		MPI_Group_size(group, &size);
		CHECK_EQ(size, (check.size + !(check.rank % 2)) / 2);
		MPI_Group_free(&group);
		MPI_Comm_free(&split);
		MPI_Type_contiguous(i + 1, MPI_INT, &type);
		MPI_Type_commit(&type);
		MPI_Type_size(type, &size);
		CHECK_EQ(size, (i + 1) * (int)sizeof(int));
		MPI_Type_free(&type);
	}
}

int main(int argc, char **argv)
{
	check_start(argc, argv);
	while (check_more())
		batch();
	return check_pass();
}
