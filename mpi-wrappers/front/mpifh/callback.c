/* SPDX-License-Identifier: MIT */
/* callback.c - functions of the program that MPI calls, as Fortran calls */
#include "callback.h"

typedef void fortran_fn(void);

MPIFH(op_create,
      (fortran_fn * fn, MPI_Fint *commute, MPI_Fint *op, MPI_Fint *ierr))
{
	MPI_Op c;
	int rc = PMPI_Op_create((MPI_User_function *)fn, *commute, &c);

	if (rc == MPI_SUCCESS) {
		mana_fortran_callback((void *)fn);
		*op = PMPI_Op_c2f(c);
	}
	MPIFH_RETURN(ierr, rc);
}

#define ERRHANDLER(name, KIND)                                                 \
	MPIFH(name, (fortran_fn * fn, MPI_Fint * errhandler, MPI_Fint * ierr)) \
	{                                                                      \
		MPI_Errhandler c = ompi_errhandler_create(                     \
			HANDLER_##KIND, (void *)fn, LANG_FORTRAN);             \
		int rc = c == MPI_ERRHANDLER_NULL ? MPI_ERR_INTERN :           \
						    MPI_SUCCESS;               \
                                                                               \
		if (rc == MPI_SUCCESS)                                         \
			*errhandler = PMPI_Errhandler_c2f(c);                  \
		MPIFH_RETURN(ierr, rc);                                        \
	}

ERRHANDLER(errhandler_create, COMM)
ERRHANDLER(comm_create_errhandler, COMM)
ERRHANDLER(win_create_errhandler, WIN)
ERRHANDLER(file_create_errhandler, FILE)

/* The callbacks of a generalized request; MPI tells us when it is done with
 * them. */
struct generalized {
	void (*query)(MPI_Aint *extra, MPI_Fint *status, MPI_Fint *ierr);
	void (*free)(MPI_Aint *extra, MPI_Fint *ierr);
	void (*cancel)(MPI_Aint *extra, MPI_Fint *complete, MPI_Fint *ierr);
	MPI_Aint extra;
};

static int query(void *extra, MPI_Status *status)
{
	struct generalized *g = extra;
	MPI_Fint ierr = MPI_SUCCESS;

	g->query(&g->extra, (void *)status, &ierr);
	return ierr;
}

static int release(void *extra)
{
	struct generalized *g = extra;
	MPI_Fint ierr = MPI_SUCCESS;

	g->free(&g->extra, &ierr);
	free(g);
	return ierr;
}

static int cancel(void *extra, int complete)
{
	struct generalized *g = extra;
	MPI_Fint ierr = MPI_SUCCESS, c = complete;

	g->cancel(&g->extra, &c, &ierr);
	return ierr;
}

MPIFH(grequest_start,
      (fortran_fn * query_fn, fortran_fn *free_fn, fortran_fn *cancel_fn,
       MPI_Aint *extra, MPI_Fint *request, MPI_Fint *ierr))
{
	struct generalized *g = mpifh_malloc(sizeof(*g));
	MPI_Request c;
	int rc;

	g->query = (void *)query_fn;
	g->free = (void *)free_fn;
	g->cancel = (void *)cancel_fn;
	g->extra = *extra;
	rc = PMPI_Grequest_start(query, release, cancel, g, &c);
	if (rc == MPI_SUCCESS)
		*request = PMPI_Request_c2f(c);
	else
		free(g);
	MPIFH_RETURN(ierr, rc);
}

/* A data representation stays registered for good. */
typedef void convert_fn(char *user, MPI_Fint *type, MPI_Fint *count, char *file,
			MPI_Offset *position, MPI_Aint *extra, MPI_Fint *ierr);
struct datarep {
	convert_fn *read, *write;
	void (*extent)(MPI_Fint *type, MPI_Aint *extent, MPI_Aint *extra,
		       MPI_Fint *ierr);
	MPI_Aint extra;
};

extern EXPORT convert_fn mpi_conversion_fn_null_;

static int convert(struct datarep *d, convert_fn *fn, void *user,
		   MPI_Datatype type, int count, void *file,
		   MPI_Offset position)
{
	MPI_Fint t = PMPI_Type_c2f(type), n = count, ierr = MPI_SUCCESS;

	fn(user, &t, &n, file, &position, &d->extra, &ierr);
	return ierr;
}

static int convert_read(void *user, MPI_Datatype type, int count, void *file,
			MPI_Offset position, void *extra)
{
	struct datarep *d = extra;

	return convert(d, d->read, user, type, count, file, position);
}

static int convert_write(void *user, MPI_Datatype type, int count, void *file,
			 MPI_Offset position, void *extra)
{
	struct datarep *d = extra;

	return convert(d, d->write, user, type, count, file, position);
}

static int file_extent(MPI_Datatype type, MPI_Aint *extent, void *extra)
{
	struct datarep *d = extra;
	MPI_Fint t = PMPI_Type_c2f(type), ierr = MPI_SUCCESS;

	d->extent(&t, extent, &d->extra, &ierr);
	return ierr;
}

MPIFH(register_datarep,
      (char *name, convert_fn *read_fn, convert_fn *write_fn,
       fortran_fn *extent_fn, MPI_Aint *extra, MPI_Fint *ierr, int name_len))
{
	struct datarep *d = mpifh_malloc(sizeof(*d));
	char *c_name = mpifh_string(name, name_len);
	int rc;

	d->read = read_fn;
	d->write = write_fn;
	d->extent = (void *)extent_fn;
	d->extra = *extra;
	rc = PMPI_Register_datarep(
		c_name,
		read_fn == mpi_conversion_fn_null_ ? NULL : convert_read,
		write_fn == mpi_conversion_fn_null_ ? NULL : convert_write,
		file_extent, d);
	free(c_name);
	MPIFH_RETURN(ierr, rc);
}
