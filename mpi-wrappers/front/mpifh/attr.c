/* SPDX-License-Identifier: MIT */
/* attr.c - attributes in Fortran: address-sized integers, or INTEGERs in the
 * functions of MPI-1; their callbacks are Fortran's too */
#include "callback.h"

/* Anything but a function: callbacks are never called as C. */
typedef void fortran_fn(void);

#define KEYVAL(name, KIND, type, size, flags)                                  \
	MPIFH(name, (fortran_fn * copy, fortran_fn * del, MPI_Fint * key,      \
		     type * extra, MPI_Fint * ierr))                           \
	{                                                                      \
		MPIFH_RETURN(ierr,                                             \
			     ompi_attr_create_keyval_##size(                   \
				     KIND##_ATTR, (void *)copy, (void *)del,   \
				     key, *extra, flags, NULL));               \
	}

#define SET(name, KIND, Kind, type, size)                                      \
	MPIFH(name,                                                            \
	      (MPI_Fint * h, MPI_Fint * key, type * value, MPI_Fint * ierr))   \
	{                                                                      \
		void *object = (void *)PMPI_##Kind##_f2c(*h);                  \
		int rc = MPI_ERR_ARG;                                          \
                                                                               \
		if (object)                                                    \
			rc = ompi_attr_set_##size(KIND##_ATTR, object, NULL,   \
						  *key, *value, false);        \
		MPIFH_RETURN(ierr, rc);                                        \
	}

#define GET(name, KIND, Kind, type, size)                                      \
	MPIFH(name, (MPI_Fint * h, MPI_Fint * key, type * value,               \
		     MPI_Fint * flag, MPI_Fint * ierr))                        \
	{                                                                      \
		PMPI_##Kind##_f2c(*h);                                         \
		MPIFH_RETURN(ierr,                                             \
			     ompi_attr_get_##size(NULL, *key, value, flag));   \
	}

KEYVAL(keyval_create, COMM, MPI_Fint, fint, KEYVAL_F77 | KEYVAL_F77_INT)
KEYVAL(comm_create_keyval, COMM, MPI_Aint, aint, KEYVAL_F77)
KEYVAL(type_create_keyval, TYPE, MPI_Aint, aint, KEYVAL_F77)
KEYVAL(win_create_keyval, WIN, MPI_Aint, aint, KEYVAL_F77)
SET(attr_put, COMM, Comm, MPI_Fint, fint)
SET(comm_set_attr, COMM, Comm, MPI_Aint, aint)
SET(type_set_attr, TYPE, Type, MPI_Aint, aint)
SET(win_set_attr, WIN, Win, MPI_Aint, aint)
GET(attr_get, COMM, Comm, MPI_Fint, fint)
GET(comm_get_attr, COMM, Comm, MPI_Aint, aint)
GET(type_get_attr, TYPE, Type, MPI_Aint, aint)
GET(win_get_attr, WIN, Win, MPI_Aint, aint)
