/* SPDX-License-Identifier: MIT */
/* memory.c - MPI_Buffer_detach, whose Fortran form gives no address */
#include "mpifh.h"

/* Fortran's buffer argument has no use: the address cannot be given back. */
MPIFH(buffer_detach, (char *buffer, MPI_Fint *size, MPI_Fint *ierr))
{
	void *base;

	(void)buffer;
	MPIFH_RETURN(ierr, PMPI_Buffer_detach(&base, size));
}
