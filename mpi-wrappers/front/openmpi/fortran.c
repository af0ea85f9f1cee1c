/* SPDX-License-Identifier: MIT */
/* fortran.c (Open MPI) - what libmpi.so.40 itself exports to Fortran
 *
 * Each symbol in the four spellings of Fortran compilers. Sentinels of mpif.h
 * are common blocks: their address is what counts.
 */
#include "../front.h"

/* mpi.h maps these to C functions; here they are Fortran's. */
#undef MPI_COMM_DUP_FN
#undef MPI_COMM_NULL_COPY_FN
#undef MPI_COMM_NULL_DELETE_FN
#undef MPI_TYPE_DUP_FN
#undef MPI_TYPE_NULL_COPY_FN
#undef MPI_TYPE_NULL_DELETE_FN
#undef MPI_WIN_DUP_FN
#undef MPI_WIN_NULL_COPY_FN
#undef MPI_WIN_NULL_DELETE_FN
#undef MPI_DUP_FN
#undef MPI_NULL_COPY_FN
#undef MPI_NULL_DELETE_FN
#undef MPI_CONVERSION_FN_NULL

#define ALIAS(ret, name, real, params)                                         \
	EXPORT extern ret name params __attribute__((alias(real)));

/* name_, and by the other spellings. */
#define F77(ret, name, NAME, params)                                           \
	EXPORT ret name##_ params;                                             \
	ALIAS(ret, name, #name "_", params)                                    \
	ALIAS(ret, name##__, #name "_", params)                                \
	ALIAS(ret, NAME, #name "_", params)                                    \
	ret name##_ params

#define COPY(name, NAME, type, dup)                                            \
	F77(void, name, NAME,                                                  \
	    (MPI_Fint * h, MPI_Fint * keyval, type * extra, type * in,         \
	     type * out, MPI_Fint * flag, MPI_Fint * ierr))                    \
	{                                                                      \
		(void)h, (void)keyval, (void)extra;                            \
		*flag = dup;                                                   \
		if (dup)                                                       \
			*out = *in;                                            \
		*ierr = MPI_SUCCESS;                                           \
	}

#define DELETE(name, NAME, type)                                               \
	F77(void, name, NAME,                                                  \
	    (MPI_Fint * h, MPI_Fint * keyval, type * value, type * extra,      \
	     MPI_Fint * ierr))                                                 \
	{                                                                      \
		(void)h, (void)keyval, (void)value, (void)extra;               \
		*ierr = MPI_SUCCESS;                                           \
	}

COPY(mpi_comm_dup_fn, MPI_COMM_DUP_FN, MPI_Aint, 1)
COPY(mpi_type_dup_fn, MPI_TYPE_DUP_FN, MPI_Aint, 1)
COPY(mpi_win_dup_fn, MPI_WIN_DUP_FN, MPI_Aint, 1)
COPY(mpi_dup_fn, MPI_DUP_FN, MPI_Fint, 1)
COPY(mpi_comm_null_copy_fn, MPI_COMM_NULL_COPY_FN, MPI_Aint, 0)
COPY(mpi_type_null_copy_fn, MPI_TYPE_NULL_COPY_FN, MPI_Aint, 0)
COPY(mpi_win_null_copy_fn, MPI_WIN_NULL_COPY_FN, MPI_Aint, 0)
COPY(mpi_null_copy_fn, MPI_NULL_COPY_FN, MPI_Fint, 0)
DELETE(mpi_comm_null_delete_fn, MPI_COMM_NULL_DELETE_FN, MPI_Aint)
DELETE(mpi_type_null_delete_fn, MPI_TYPE_NULL_DELETE_FN, MPI_Aint)
DELETE(mpi_win_null_delete_fn, MPI_WIN_NULL_DELETE_FN, MPI_Aint)
DELETE(mpi_null_delete_fn, MPI_NULL_DELETE_FN, MPI_Fint)

F77(double, mpi_wtime_f90, MPI_WTIME_F90, (void))
{
	return PMPI_Wtime();
}

F77(double, mpi_wtick_f90, MPI_WTICK_F90, (void))
{
	return PMPI_Wtick();
}

F77(MPI_Aint, mpi_aint_add_f90, MPI_AINT_ADD_F90,
    (MPI_Aint * base, MPI_Aint *disp))
{
	return *base + *disp;
}

F77(MPI_Aint, mpi_aint_diff_f90, MPI_AINT_DIFF_F90,
    (MPI_Aint * addr1, MPI_Aint *addr2))
{
	return *addr1 - *addr2;
}

F77(void, mpi_conversion_fn_null, MPI_CONVERSION_FN_NULL,
    (char *userbuf, MPI_Fint *type, MPI_Fint *count, char *filebuf,
     MPI_Offset *position, MPI_Aint *extra, MPI_Fint *ierr))
{
	(void)userbuf, (void)type, (void)count, (void)filebuf;
	(void)position, (void)extra;
	*ierr = MPI_SUCCESS;
}

/* Sentinels of mpif.h: generated (missing.h), of the real library's sizes. */
extern EXPORT char mpi_fortran_status_ignore_[], mpi_fortran_statuses_ignore_[];

MPI_Fint *MPI_F_STATUS_IGNORE = (MPI_Fint *)(void *)mpi_fortran_status_ignore_;
MPI_Fint *MPI_F_STATUSES_IGNORE =
	(MPI_Fint *)(void *)mpi_fortran_statuses_ignore_;
#if OMPI_MAJOR_VERSION >= 5
MPI_Fint *MPI_F08_STATUS_IGNORE =
	(MPI_Fint *)(void *)mpi_fortran_status_ignore_;
MPI_Fint *MPI_F08_STATUSES_IGNORE =
	(MPI_Fint *)(void *)mpi_fortran_statuses_ignore_;
#endif
