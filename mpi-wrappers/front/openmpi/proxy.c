/* SPDX-License-Identifier: MIT */
/* proxy.c (Open MPI) - Fortran callbacks: everything by reference
 *
 * A keyval made in Fortran is registered with the size of its integers (a), a
 * function of an op or an error handler with its own address.
 */
#include "../proxy.h"
#include "../registry.h"
#include "internal.h"

static MPI_Fint to_fint(void *handle, int kind)
{
	switch (kind) {
	case DESC_TYPE:
		return PMPI_Type_c2f(out_datatype(handle));
	case DESC_WIN:
		return PMPI_Win_c2f(out_win(handle));
	case DESC_FILE:
		return PMPI_File_c2f(out_file(handle));
	default:
		return PMPI_Comm_c2f(out_comm(handle));
	}
}

int proxy_copy(void *fn, void *handle, int keyval, void *extra,
	       struct front_copy *io, void **out, int *flag, int *rc)
{
	const struct registered *p = registry_find((uintptr_t)keyval);
	MPI_Fint h, number = keyval, yes = 0, ierr = MPI_SUCCESS;
	MPI_Aint e = (MPI_Aint)extra, from = (MPI_Aint)io->value, to = 0;
	MPI_Fint small[3] = { (MPI_Fint)e, (MPI_Fint)from, 0 };

	if (!p)
		return 0;
	h = to_fint(handle, io->kind);
	if (p->a == FORTRAN_INT) {
		((fortran_copy_int *)fn)(&h, &number, &small[0], &small[1],
					 &small[2], &yes, &ierr);
		to = small[2];
	} else {
		((fortran_copy *)fn)(&h, &number, &e, &from, &to, &yes, &ierr);
	}
	*out = (void *)to;
	*flag = yes != 0;
	*rc = ierr;
	return 1;
}

int proxy_delete(void *fn, void *handle, int keyval, void *value, void *extra,
		 int kind_lang, int *rc)
{
	const struct registered *p = registry_find((uintptr_t)keyval);
	MPI_Fint h, number = keyval, ierr = MPI_SUCCESS;
	MPI_Aint e = (MPI_Aint)extra, v = (MPI_Aint)value;
	MPI_Fint small[2] = { (MPI_Fint)v, (MPI_Fint)e };

	if (!p)
		return 0;
	h = to_fint(handle, kind_lang & 0xff);
	if (p->a == FORTRAN_INT)
		((fortran_delete_int *)fn)(&h, &number, &small[0], &small[1],
					   &ierr);
	else
		((fortran_delete *)fn)(&h, &number, &v, &e, &ierr);
	*rc = ierr;
	return 1;
}

/* libmpi_cxx's functions: what it calls as Open MPI does. */
typedef void cxx_op(void *in, void *inout, int *len, MPI_Datatype *type,
		    void *fn);
#define INVOKE(what, type)                                                     \
	extern EXPORT void ompi_mpi_cxx_##what##_errhandler_invoke(            \
		type *handle, int *code, const char *message, void *fn)        \
		__attribute__((weak));
INVOKE(comm, MPI_Comm)
INVOKE(win, MPI_Win)
INVOKE(file, MPI_File)

int proxy_op(void *fn, void *in, void *inout, int64_t n, seam_datatype type)
{
	const struct registered *p = registry_find((uintptr_t)fn);
	MPI_Datatype c_type = out_datatype(type);
	MPI_Fint len = (MPI_Fint)n, t;

	if (!p)
		return 0;
	if (p->a) {
		((cxx_op *)p->a)(in, inout, &len, &c_type, fn);
		return 1;
	}
	t = PMPI_Type_c2f(c_type);
	((void (*)(void *, void *, MPI_Fint *, MPI_Fint *))fn)(in, inout, &len,
							       &t);
	return 1;
}

static int cxx_errhandler(void *fn, void *handle, int kind, int *code)
{
	MPI_Comm c = out_comm(handle);
	MPI_Win w = out_win(handle);
	MPI_File f = out_file(handle);

	if (!ompi_mpi_cxx_comm_errhandler_invoke)
		return 0;
	if (kind == DESC_WIN)
		ompi_mpi_cxx_win_errhandler_invoke(&w, code, "", fn);
	else if (kind == DESC_FILE)
		ompi_mpi_cxx_file_errhandler_invoke(&f, code, "", fn);
	else
		ompi_mpi_cxx_comm_errhandler_invoke(&c, code, "", fn);
	return 1;
}

int proxy_errhandler(void *fn, void *handle, int kind, int *code)
{
	const struct registered *p = registry_find((uintptr_t)fn);
	MPI_Fint h, c = *code;

	if (!p)
		return 0;
	if (p->a == CXX)
		return cxx_errhandler(fn, handle, kind, code);
	h = to_fint(handle, kind);
	((void (*)(MPI_Fint *, MPI_Fint *, ...))fn)(&h, &c);
	*code = c;
	return 1;
}
