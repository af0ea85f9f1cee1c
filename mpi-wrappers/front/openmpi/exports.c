/* SPDX-License-Identifier: MIT */
/* exports.c (Open MPI) - attribute functions, Fortran handles, odd exports
 *
 * Fortran handles are those of mpif.h for predefined objects, else bit 30 and
 * the number of the descriptor's keep block.
 */
#include "internal.h"

#define COPY_FN(name, type, flag_value)                                        \
	EXPORT int name(type h, int keyval, void *extra, void *in, void *out,  \
			int *flag);                                            \
	int name(type h, int keyval, void *extra, void *in, void *out,         \
		 int *flag)                                                    \
	{                                                                      \
		(void)h, (void)keyval, (void)extra;                            \
		*flag = flag_value;                                            \
		if (flag_value)                                                \
			*(void **)out = in;                                    \
		return MPI_SUCCESS;                                            \
	}

#define DELETE_FN(name, type)                                                  \
	EXPORT int name(type h, int keyval, void *value, void *extra);         \
	int name(type h, int keyval, void *value, void *extra)                 \
	{                                                                      \
		(void)h, (void)keyval, (void)value, (void)extra;               \
		return MPI_SUCCESS;                                            \
	}

COPY_FN(OMPI_C_MPI_COMM_DUP_FN, MPI_Comm, 1)
COPY_FN(OMPI_C_MPI_TYPE_DUP_FN, MPI_Datatype, 1)
COPY_FN(OMPI_C_MPI_WIN_DUP_FN, MPI_Win, 1)
COPY_FN(OMPI_C_MPI_DUP_FN, MPI_Comm, 1)
COPY_FN(OMPI_C_MPI_COMM_NULL_COPY_FN, MPI_Comm, 0)
COPY_FN(OMPI_C_MPI_TYPE_NULL_COPY_FN, MPI_Datatype, 0)
COPY_FN(OMPI_C_MPI_WIN_NULL_COPY_FN, MPI_Win, 0)
COPY_FN(OMPI_C_MPI_NULL_COPY_FN, MPI_Comm, 0)
DELETE_FN(OMPI_C_MPI_COMM_NULL_DELETE_FN, MPI_Comm)
DELETE_FN(OMPI_C_MPI_TYPE_NULL_DELETE_FN, MPI_Datatype)
DELETE_FN(OMPI_C_MPI_WIN_NULL_DELETE_FN, MPI_Win)
DELETE_FN(OMPI_C_MPI_NULL_DELETE_FN, MPI_Comm)

static int to_fortran(const void *seam)
{
	uint64_t h = (uint64_t)seam;

	if (h >= KEEP_BASE && h < KEEP_END)
		return desc_number(seam);
	return handle_is_fixed(seam) ? front_fortran_number[h] - 1 : -1;
}

#if OMPI_MAJOR_VERSION >= 6
/* What libmpi_usempif08 looks for in a communicator (struct desc_comm), in a
 * predefined one. A null one has a size of 0 where the group has its own. */
static void comm_show(struct desc_comm *object)
{
	const struct desc_comm *c = desc_of(object->d.seam, DESC_COMM);

	object->rank = c ? c->rank : MPI_PROC_NULL;
	object->groups[0] =
		c ? (const char *)&c->size - GROUP_SIZE_AT : (void *)object;
}
#else
#define comm_show(object) ((void)0)
#endif

static void *predefined(int kind, int number)
{
	void *object = front_fortran_object[kind][number];

	if (kind == FORTRAN_COMM && object)
		comm_show(object);
	return object;
}

/* NULL for a number that cannot be a handle: no memory is behind it. */
static void *from_fortran(int kind, int number)
{
	uint64_t h;

	if (number >= 0 && number < FRONT_FORTRAN)
		return predefined(kind, number);
	if (number < FORTRAN_USER)
		return NULL;
	h = KEEP_BASE + (uint64_t)(number & ~FORTRAN_USER) * KEEP_ALIGN;
	return h >= KEEP_HEAP_BASE && h < KEEP_ROOT->heap.brk ? (void *)h :
								NULL;
}

#define TO_FORTRAN(Name, kind, type)                                           \
	MPI_Fint PMPI_##Name##_c2f(type h)                                     \
	{                                                                      \
		FRONT_OPEN();                                                  \
		return to_fortran(in_##kind(h));                               \
	}

#define FORTRAN(Name, KIND, kind, type)                                        \
	TO_FORTRAN(Name, kind, type)                                           \
	type PMPI_##Name##_f2c(MPI_Fint h)                                     \
	{                                                                      \
		FRONT_OPEN();                                                  \
		return from_fortran(FORTRAN_##KIND, h);                        \
	}

/* The Fortran library asks about attributes right after one of these. */
#define ATTRIBUTED(Name, KIND, what, type)                                     \
	TO_FORTRAN(Name, what, type)                                           \
	type PMPI_##Name##_f2c(MPI_Fint f)                                     \
	{                                                                      \
		type h = from_fortran(FORTRAN_##KIND, f);                      \
                                                                               \
		FRONT_OPEN();                                                  \
		front_last.kind = DESC_##Name;                                 \
		front_last.seam = in_##what(h);                                \
		return h;                                                      \
	}

#define DESC_Comm DESC_COMM
#define DESC_Type DESC_TYPE
#define DESC_Win  DESC_WIN

ATTRIBUTED(Comm, COMM, comm, MPI_Comm)
ATTRIBUTED(Type, DATATYPE, datatype, MPI_Datatype)
ATTRIBUTED(Win, WIN, win, MPI_Win)
FORTRAN(Group, GROUP, group, MPI_Group)
FORTRAN(Request, REQUEST, request, MPI_Request)
FORTRAN(Message, MESSAGE, message, MPI_Message)
FORTRAN(Errhandler, ERRHANDLER, errhandler, MPI_Errhandler)
FORTRAN(Info, INFO, info, MPI_Info)
FORTRAN(File, FILE, file, MPI_File)
#ifdef MPI_SESSION_NULL
FORTRAN(Session, SESSION, session, MPI_Session)
#endif

MPI_Fint PMPI_Op_c2f(MPI_Op h)
{
	FRONT_OPEN();
	front_op_to_fortran(in_op(h));
	return to_fortran(in_op(h));
}

MPI_Op PMPI_Op_f2c(MPI_Fint h)
{
	FRONT_OPEN();
	return from_fortran(FORTRAN_OP, h);
}

NO_SUPPORT(PMPIX_Query_cuda_support)
