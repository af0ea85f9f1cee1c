/* SPDX-License-Identifier: MIT */
/* bound.c (MPICH) - makes ops and error handlers that are given a word
 *
 * A record lives as long as the program: what the back has kept of a handle
 * that was freed may still be called. So destructors are never called.
 */
#include "../front.h"
#include "bound.h"

#if MPICH_NUMVERSION >= 50000000
extern void *malloc(size_t n);

/* Without a destructor there must be no function either, as natively. */
static void *bind(void *fn, MPIX_Destructor_function *del, void *extra)
{
	struct bound *b;

	if (!fn || !del)
		return NULL;
	b = malloc(sizeof(*b));
	if (!b)
		__builtin_trap();
	b->fn = fn;
	b->extra = extra;
	return (void *)((uintptr_t)b | BOUND_BIT);
}

/* These functions take counts of any size. */
int PMPIX_Op_create_x(MPIX_User_function_x *fn, MPIX_Destructor_function *del,
		      int commute, void *extra, MPI_Op *op)
{
	return PMPI_Op_create_c(
		(MPI_User_function_c *)bind((void *)fn, del, extra), commute,
		op);
}

int MPIX_Op_create_x(MPIX_User_function_x *fn, MPIX_Destructor_function *del,
		     int commute, void *extra, MPI_Op *op)
{
	return PMPIX_Op_create_x(fn, del, commute, extra, op);
}

#define ERRHANDLER(Kind)                                                       \
	int PMPIX_##Kind##_create_errhandler_x(                                \
		MPIX_##Kind##_errhandler_function_x *fn,                       \
		MPIX_Destructor_function *del, void *extra, MPI_Errhandler *h) \
	{                                                                      \
		return PMPI_##Kind##_create_errhandler(                        \
			(MPI_##Kind##_errhandler_function *)bind((void *)fn,   \
								 del, extra),  \
			h);                                                    \
	}                                                                      \
	int MPIX_##Kind##_create_errhandler_x(                                 \
		MPIX_##Kind##_errhandler_function_x *fn,                       \
		MPIX_Destructor_function *del, void *extra, MPI_Errhandler *h) \
	{                                                                      \
		return PMPIX_##Kind##_create_errhandler_x(fn, del, extra, h);  \
	}

ERRHANDLER(Comm)
ERRHANDLER(Win)
ERRHANDLER(File)
ERRHANDLER(Session)
#endif
