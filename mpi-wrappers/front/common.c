/* SPDX-License-Identifier: MIT */
/* common.c - functions no ABI passes on */
#include "front.h"

int PMPI_Register_datarep(const char *datarep,
			  MPI_Datarep_conversion_function *read_fn,
			  MPI_Datarep_conversion_function *write_fn,
			  MPI_Datarep_extent_function *extent_fn, void *extra)
{
	(void)datarep, (void)read_fn, (void)write_fn, (void)extent_fn;
	(void)extra;
	return front_unsupported("MPI_Register_datarep");
}
