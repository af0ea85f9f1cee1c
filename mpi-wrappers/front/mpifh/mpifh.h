/* SPDX-License-Identifier: MIT */
/* mpifh.h - Open MPI's Fortran functions, over the C functions of the front
 *
 * Stands in for libmpi_mpifh.so.40, whose own code looks inside Open MPI's
 * objects. Most of it is generated (gen_fortran.py). Fortran passes everything
 * by reference; LOGICAL is an int, 0 or 1; lengths of strings come last, as
 * ints (libmpi_usempif08 passes no more than 32 bits). A status of Fortran has
 * the layout of C's. Freestanding but for malloc and free.
 */
#ifndef MANA_FRONT_MPIFH_H
#define MANA_FRONT_MPIFH_H

#include <mpi.h>
#if __has_include(<mpi-ext.h>)
#include <mpi-ext.h>
#endif
#include <stddef.h>
#include <stdint.h>
#include "../../peers.h"

#define EXPORT __attribute__((visibility("default")))

extern void *malloc(size_t n);
extern void free(void *p);

/* Common blocks of mpif.h: their address, in the program, is what counts. */
#pragma GCC visibility push(default)
extern char mpi_fortran_argv_null_[], mpi_fortran_argvs_null_[];
extern char mpi_fortran_bottom_[], mpi_fortran_in_place_[];
extern char mpi_fortran_errcodes_ignore_[];
extern char mpi_fortran_status_ignore_[], mpi_fortran_statuses_ignore_[];
extern char mpi_fortran_unweighted_[], mpi_fortran_weights_empty_[];
#pragma GCC visibility pop

#define MPIFH_SMALL 64

/* Handles of C, for a call: on the stack when few. */
struct mpifh_room {
	void *small[MPIFH_SMALL], *large;
};

/* Room for n pointers. Ends the process when memory is out. */
void *mpifh_room(struct mpifh_room *r, int n);
static inline void mpifh_room_free(struct mpifh_room *r)
{
	free(r->large);
}

/* malloc, which ends the process when memory is out. */
void *mpifh_malloc(size_t n);
/* What front-openmpi.so does with strings (front/openmpi/strings.c). */
#pragma GCC visibility push(default)
int ompi_fortran_string_f2c(char *fstr, int len, char **cstr);
int ompi_fortran_string_c2f(const char *cstr, char *fstr, int len);
int ompi_fortran_argv_blank_f2c(char *array, int len, int advance,
				char ***argv);
int ompi_fortran_multiple_argvs_f2c(int n, char *array, int len, char ****argv);
#pragma GCC visibility pop
/* Ends the process when one of them has had no memory. */
void mpifh_check(int rc);
/* A string of C, without the blanks around it; the caller frees it. */
char *mpifh_string(char *s, int len);
/* s to Fortran's string of len characters, with blanks after it. */
#define mpifh_pad(to, s, len) ompi_fortran_string_c2f(s, to, len)
void mpifh_argv_free(char **argv);

/* Indices that a call has written, if it has: Fortran counts from 1. n may be
 * MPI_UNDEFINED. */
void mpifh_from_1(int rc, MPI_Fint *indices, int n);

static inline int mpifh_in_place(const char *buf)
{
	return buf == mpi_fortran_in_place_;
}

static inline void *mpifh_buf(char *buf)
{
	if (buf == mpi_fortran_in_place_)
		return MPI_IN_PLACE;
	return buf == mpi_fortran_bottom_ ? MPI_BOTTOM : buf;
}

static inline int *mpifh_weights(MPI_Fint *w)
{
	if ((char *)w == mpi_fortran_unweighted_)
		return MPI_UNWEIGHTED;
	return (char *)w == mpi_fortran_weights_empty_ ? MPI_WEIGHTS_EMPTY : w;
}

static inline MPI_Status *mpifh_status(MPI_Fint *s)
{
	return (char *)s == mpi_fortran_status_ignore_ ? MPI_STATUS_IGNORE :
							 (void *)s;
}

static inline MPI_Status *mpifh_statuses(MPI_Fint *s)
{
	return (char *)s == mpi_fortran_statuses_ignore_ ? MPI_STATUSES_IGNORE :
							   (void *)s;
}

/* NULL when it is no communicator: then there are no peers, and the call itself
 * complains. */
static inline const struct desc_comm *mpifh_comm(const MPI_Fint *comm)
{
	void *const *c = (void *)PMPI_Comm_f2c(*comm);

	return c ? desc_of(*c, DESC_COMM) : NULL;
}

#define MPIFH_RETURN(ierr, rc)                                                 \
	do {                                                                   \
		int rc_ = (rc);                                                \
		if (ierr)                                                      \
			*(ierr) = rc_;                                         \
	} while (0)

/* Declares, exports and defines a function that is written by hand. */
#define MPIFH(name, params)                                                    \
	EXPORT void ompi_##name##_f params;                                    \
	void ompi_##name##_f params

#define SIZEOF(type, bytes)                                                    \
	EXPORT void mpi_sizeof_##type##_(void *x, MPI_Fint *size,              \
					 MPI_Fint *ierr);                      \
	void mpi_sizeof_##type##_(void *x, MPI_Fint *size, MPI_Fint *ierr)     \
	{                                                                      \
		(void)x;                                                       \
		*size = bytes;                                                 \
		*ierr = MPI_SUCCESS;                                           \
	}                                                                      \
	EXPORT extern void pmpi_sizeof_##type##_(void *x, MPI_Fint *size,      \
						 MPI_Fint *ierr)               \
		__attribute__((alias("mpi_sizeof_" #type "_")));

#endif
