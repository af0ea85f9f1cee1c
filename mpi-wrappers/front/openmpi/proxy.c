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

int proxy_op(void *fn, void *in, void *inout, int64_t n, seam_datatype type)
{
	MPI_Fint len = (MPI_Fint)n, t;

	if (!registry_find((uintptr_t)fn))
		return 0;
	t = PMPI_Type_c2f(out_datatype(type));
	((void (*)(void *, void *, MPI_Fint *, MPI_Fint *))fn)(in, inout, &len,
							       &t);
	return 1;
}

int proxy_errhandler(void *fn, void *handle, int kind, int code)
{
	MPI_Fint h, c = code;

	if (!registry_find((uintptr_t)fn))
		return 0;
	h = to_fint(handle, kind);
	((void (*)(MPI_Fint *, MPI_Fint *, ...))fn)(&h, &c);
	return 1;
}
