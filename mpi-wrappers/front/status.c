/* SPDX-License-Identifier: MIT */
/* status.c - statuses: C <-> Fortran, whose are arrays of ints of that size */
#include "front.h"

#ifdef OPEN_MPI
#define NO_STATUS     SEAM_ERR_IN_STATUS
#define STATUS_OPEN() FRONT_OPEN()
#else /* MPICH lets these be called at any time */
#define NO_STATUS     SEAM_ERR_OTHER
#define STATUS_OPEN() ((void)0)
#endif

static int copy(void *to, const void *from, const char *what)
{
	if (!to || !from)
		return front_raise(DESC_COMM, SEAM_COMM_WORLD, NO_STATUS, what);
	front_copy(to, from, sizeof(MPI_Status));
	return MPI_SUCCESS;
}

int PMPI_Status_c2f(const MPI_Status *c_status, MPI_Fint *f_status)
{
	int none = c_status == MPI_STATUS_IGNORE ||
		   c_status == MPI_STATUSES_IGNORE;

	STATUS_OPEN();
	return copy(f_status, none ? NULL : c_status, "MPI_Status_c2f");
}

int PMPI_Status_f2c(const MPI_Fint *f_status, MPI_Status *c_status)
{
	int none = f_status == MPI_F_STATUS_IGNORE ||
		   f_status == MPI_F_STATUSES_IGNORE;

	STATUS_OPEN();
	return copy(c_status, none ? NULL : f_status, "MPI_Status_f2c");
}

_Static_assert(sizeof(MPI_Status) % sizeof(MPI_Fint) == 0, "whole ints");
