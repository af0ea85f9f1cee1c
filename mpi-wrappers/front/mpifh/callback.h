/* SPDX-License-Identifier: MIT */
/* callback.h - what front-openmpi.so offers to its Fortran functions
 *
 * Named as in Open MPI where that has the same: callbacks and attributes with
 * the language they came from (front/openmpi/internal.c).
 */
#ifndef MANA_FRONT_MPIFH_CALLBACK_H
#define MANA_FRONT_MPIFH_CALLBACK_H

#include <stdbool.h>
#include "mpifh.h"

enum attr_kind { COMM_ATTR = 1, TYPE_ATTR, WIN_ATTR };
enum { KEYVAL_F77 = 2, KEYVAL_F77_INT = 4 };
enum { LANG_FORTRAN = 2 };
enum { HANDLER_COMM = 2, HANDLER_WIN, HANDLER_FILE };

#pragma GCC visibility push(default)
int ompi_attr_create_keyval_fint(int kind, void *copy, void *del, int *key,
				 MPI_Fint extra, int flags, void *bindings);
int ompi_attr_create_keyval_aint(int kind, void *copy, void *del, int *key,
				 MPI_Aint extra, int flags, void *bindings);
int ompi_attr_set_fint(int kind, void *object, void *hash, int key,
		       MPI_Fint value, bool predefined);
int ompi_attr_set_aint(int kind, void *object, void *hash, int key,
		       MPI_Aint value, bool predefined);
/* An attribute of the object that this thread has last turned from Fortran to
 * C. */
int ompi_attr_get_fint(void *hash, int key, MPI_Fint *value, int *flag);
int ompi_attr_get_aint(void *hash, int key, MPI_Aint *value, int *flag);
MPI_Errhandler ompi_errhandler_create(int kind, void *fn, int lang);
/* fn, of an op, is to be called as Fortran calls. */
void mana_fortran_callback(void *fn);
#pragma GCC visibility pop

#endif
