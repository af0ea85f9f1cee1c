/* SPDX-License-Identifier: MIT */
/* memory.c - memory that MPI gives: its address is an integer, or a C_PTR */
#include "mpifh.h"

MPIFH(alloc_mem, (MPI_Aint * size, MPI_Fint *info, void *base, MPI_Fint *ierr))
{
	MPIFH_RETURN(ierr, PMPI_Alloc_mem(*size, PMPI_Info_f2c(*info), base));
}

MPIFH(free_mem, (void *base, MPI_Fint *ierr))
{
	MPIFH_RETURN(ierr, PMPI_Free_mem(base));
}

/* Fortran's buffer argument has no use: the address cannot be given back. */
MPIFH(buffer_detach, (char *buffer, MPI_Fint *size, MPI_Fint *ierr))
{
	void *base;

	(void)buffer;
	MPIFH_RETURN(ierr, PMPI_Buffer_detach(&base, size));
}

#define ALLOCATE(name, Name)                                                   \
	MPIFH(name,                                                            \
	      (MPI_Aint * size, MPI_Fint * unit, MPI_Fint * info,              \
	       MPI_Fint * comm, void *base, MPI_Fint *win, MPI_Fint *ierr))    \
	{                                                                      \
		MPI_Win c;                                                     \
		int rc = PMPI_##Name(*size, *unit, PMPI_Info_f2c(*info),       \
				     PMPI_Comm_f2c(*comm), base, &c);          \
                                                                               \
		if (rc == MPI_SUCCESS)                                         \
			*win = PMPI_Win_c2f(c);                                \
		MPIFH_RETURN(ierr, rc);                                        \
	}

ALLOCATE(win_allocate, Win_allocate)
ALLOCATE(win_allocate_shared, Win_allocate_shared)

MPIFH(win_shared_query, (MPI_Fint * win, MPI_Fint *rank, MPI_Aint *size,
			 MPI_Fint *unit, void *base, MPI_Fint *ierr))
{
	MPIFH_RETURN(ierr, PMPI_Win_shared_query(PMPI_Win_f2c(*win), *rank,
						 size, unit, base));
}
