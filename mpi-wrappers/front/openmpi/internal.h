/* SPDX-License-Identifier: MIT */
/* internal.h - between our libmpi.so.40 and Open MPI's own libmpi_mpifh */
#ifndef MANA_FRONT_INTERNAL_H
#define MANA_FRONT_INTERNAL_H

#include "../front.h"

/* What a keyval made in Fortran is registered with. */
#define FORTRAN_AINT ((void *)1)
#define FORTRAN_INT  ((void *)2)
/* An error handler in C++; an op in C++ has libmpi_cxx's function instead. */
#define CXX ((void *)3)

typedef void fortran_copy(MPI_Fint *h, MPI_Fint *keyval, MPI_Aint *extra,
			  MPI_Aint *in, MPI_Aint *out, MPI_Fint *flag,
			  MPI_Fint *ierr);
typedef void fortran_copy_int(MPI_Fint *h, MPI_Fint *keyval, MPI_Fint *extra,
			      MPI_Fint *in, MPI_Fint *out, MPI_Fint *flag,
			      MPI_Fint *ierr);
typedef void fortran_delete(MPI_Fint *h, MPI_Fint *keyval, MPI_Aint *value,
			    MPI_Aint *extra, MPI_Fint *ierr);
typedef void fortran_delete_int(MPI_Fint *h, MPI_Fint *keyval, MPI_Fint *value,
				MPI_Fint *extra, MPI_Fint *ierr);

/* The last object this thread turned from Fortran to C. */
struct front_last {
	enum desc_kind kind;
	void *seam;
};
extern __thread struct front_last front_last;

/* An op went to Fortran: it may have been marked as a Fortran function. */
void front_op_to_fortran(seam_op op);

#endif
