/* SPDX-License-Identifier: MIT */
/* exports.c (MPICH) - data and odd functions that libmpich.so.12 exports */
#include <stdarg.h>
#include "../front.h"

static int unweighted_place, weights_empty_place;

EXPORT int *const MPI_UNWEIGHTED = &unweighted_place;
EXPORT int *const MPI_WEIGHTS_EMPTY = &weights_empty_place;
MPI_Fint *MPI_F_STATUS_IGNORE = NULL;	/* set by libmpichfort */
MPI_Fint *MPI_F_STATUSES_IGNORE = NULL; /* likewise */

extern EXPORT int *MPIR_C_MPI_UNWEIGHTED, *MPIR_C_MPI_WEIGHTS_EMPTY;

/* Fortran's names of sentinels, of which only the addresses count. */
int *MPIR_C_MPI_UNWEIGHTED, *MPIR_C_MPI_WEIGHTS_EMPTY;
extern EXPORT int MPIR_F08_MPI_BOTTOM, MPIR_F08_MPI_IN_PLACE;
int MPIR_F08_MPI_BOTTOM, MPIR_F08_MPI_IN_PLACE;
extern EXPORT MPI_F08_status MPIR_F08_MPI_STATUS_IGNORE_OBJ;
extern EXPORT MPI_F08_status MPIR_F08_MPI_STATUSES_IGNORE_OBJ[1];
MPI_F08_status MPIR_F08_MPI_STATUS_IGNORE_OBJ;
MPI_F08_status MPIR_F08_MPI_STATUSES_IGNORE_OBJ[1];
MPI_F08_status *MPI_F08_STATUS_IGNORE = &MPIR_F08_MPI_STATUS_IGNORE_OBJ;
MPI_F08_status *MPI_F08_STATUSES_IGNORE = MPIR_F08_MPI_STATUSES_IGNORE_OBJ;

static struct MPIR_T_pvar_handle_s *all_handles_place;
MPI_T_pvar_handle const MPI_T_PVAR_ALL_HANDLES = (void *)&all_handles_place;

#define VERSION(what, text)                                                    \
	extern EXPORT const char MPII_Version_##what[];                        \
	const char MPII_Version_##what[] = text;

VERSION(string, MPICH_VERSION)
VERSION(ABI, "14:2:2")
VERSION(CC, "")
VERSION(CXX, "")
VERSION(F77, "")
VERSION(FC, "")
VERSION(configure, "")
VERSION(custom, "")
VERSION(date, "")
VERSION(device, "mana")

/* MPI_COMM_DUP_FN and its kin. */
EXPORT int MPIR_Dup_fn(MPI_Comm comm, int keyval, void *extra, void *in,
		       void *out, int *flag)
{
	(void)comm, (void)keyval, (void)extra;
	*flag = 1;
	*(void **)out = in;
	return MPI_SUCCESS;
}

/* ROMIO-like layers above make their error codes with these. */
EXPORT int MPIR_Err_create_code(int lastcode, int fatal, const char *fn,
				int line, int error_class, const char *generic,
				const char *specific, ...);
int MPIR_Err_create_code(int lastcode, int fatal, const char *fn, int line,
			 int error_class, const char *generic,
			 const char *specific, ...)
{
	(void)lastcode, (void)fatal, (void)fn, (void)line, (void)generic;
	(void)specific;
	return error_class;
}

#define ERR_RETURN(name)                                                       \
	EXPORT int name(void *object, const char *fn, int code);               \
	int name(void *object, const char *fn, int code)                       \
	{                                                                      \
		(void)object, (void)fn;                                        \
		return code;                                                   \
	}

ERR_RETURN(MPIR_Err_return_comm)
ERR_RETURN(MPIR_Err_return_win)

NO_SUPPORT(PMPIX_Query_cuda_support)
NO_SUPPORT(PMPIX_Query_hip_support)
NO_SUPPORT(PMPIX_Query_ze_support)

/* Files are pointers; to Fortran an int as other handles are. */
MPI_Fint PMPI_File_c2f(MPI_File file)
{
	return file == MPI_FILE_NULL ? 0 : out_handle(file);
}

MPI_File PMPI_File_f2c(MPI_Fint file)
{
	return is_user(file) ? in_user(file) : MPI_FILE_NULL;
}

#if MPICH_NUMVERSION >= 40200000 /* before, macros alone */
#define FORTRAN(Name, type)                                                    \
	EXPORT MPI_Fint(PMPI_##Name##_c2f)(type h);                            \
	EXPORT type(PMPI_##Name##_f2c)(MPI_Fint h);                            \
	MPI_Fint(PMPI_##Name##_c2f)(type h)                                    \
	{                                                                      \
		return h;                                                      \
	}                                                                      \
	type(PMPI_##Name##_f2c)(MPI_Fint h)                                    \
	{                                                                      \
		return h;                                                      \
	}

FORTRAN(Comm, MPI_Comm)
FORTRAN(Errhandler, MPI_Errhandler)
FORTRAN(Group, MPI_Group)
FORTRAN(Info, MPI_Info)
FORTRAN(Message, MPI_Message)
FORTRAN(Op, MPI_Op)
FORTRAN(Request, MPI_Request)
FORTRAN(Session, MPI_Session)
FORTRAN(Type, MPI_Datatype)
FORTRAN(Win, MPI_Win)
#endif

#if MPICH_NUMVERSION >= 50000000
/* LOGICAL: what libmpichfort takes and gives. */
extern EXPORT MPI_Fint MPIR_fortran_true, MPIR_fortran_false;
MPI_Fint MPIR_fortran_true = 1, MPIR_fortran_false;
#endif
