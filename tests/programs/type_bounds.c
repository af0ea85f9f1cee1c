/* SPDX-License-Identifier: MIT */
/* type_bounds.c - the marks of MPI 1, MPI_LB and MPI_UB, in datatypes that live
 *
 * Open MPI still exports them, without names in C.
 */
/* test: ranks=2 */
#include <mpi.h>
#include "check.h"

#ifdef OPEN_MPI
extern struct ompi_predefined_datatype_t ompi_mpi_lb, ompi_mpi_ub;
#define LB ((MPI_Datatype)(void *)&ompi_mpi_lb)
#define UB ((MPI_Datatype)(void *)&ompi_mpi_ub)
#else
#define LB MPI_LB
#define UB MPI_UB
#endif

static MPI_Datatype spaced(void)
{
	int blocks[3] = { 1, 1, 1 };
	MPI_Datatype parts[3] = { LB, MPI_INT, UB }, t;
	MPI_Aint at[3] = { 0, 4, 16 };

	MPI_Type_create_struct(3, blocks, at, parts, &t);
	MPI_Type_commit(&t);
	return t;
}

static void use(MPI_Datatype t)
{
	int in[8] = { 0 }, out[8] = { 0, 5, 0, 0, 0, 7 }, size;
	MPI_Aint lb, extent;

	MPI_Type_size(t, &size);
	MPI_Type_get_extent(t, &lb, &extent);
	CHECK_EQ(size, 4);
	CHECK_EQ(lb, 0);
	CHECK_EQ(extent, 16);
	MPI_Sendrecv(out, 2, t, 1 - check.rank, 1, in, 2, t, 1 - check.rank, 1,
		     MPI_COMM_WORLD, MPI_STATUS_IGNORE);
	CHECK_EQ(memcmp(in, out, sizeof(in)), 0);
}

int main(int argc, char **argv)
{
	MPI_Datatype kept, made;
	int size;

	check_start(argc, argv);
	kept = spaced();
	while (check_more()) {
		use(kept);
		made = spaced();
		use(made);
		MPI_Type_free(&made);
		MPI_Type_size(LB, &size);
		CHECK_EQ(size, 0);
	}
	MPI_Type_free(&kept);
	return check_pass();
}
