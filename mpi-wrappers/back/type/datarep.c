/* SPDX-License-Identifier: MIT */
/* datarep.c - data representations of the application's own
 *
 * Neither library ever calls the functions: Open MPI 4.1 and MPICH 4.0 take
 * none that convert, and no file view with the others. So the application's
 * stay where they are, and a registration need not outlive the library.
 */
#include "../core/native.h"
#include "../core/rows.h"

static int convert(void *userbuf, MPI_Datatype type, int count, void *filebuf,
		   MPI_Offset position, void *extra)
{
	(void)userbuf, (void)type, (void)count, (void)filebuf, (void)position;
	(void)extra;
	return MPI_ERR_CONVERSION;
}

static int extent(MPI_Datatype type, MPI_Aint *size, void *extra)
{
	(void)type, (void)size, (void)extra;
	return MPI_ERR_CONVERSION;
}

int datarep_register(const char *datarep, void *read_fn, void *write_fn,
		     void *extent_fn, void *extra)
{
	int rc = MPI_Register_datarep((char *)datarep, read_fn ? convert : NULL,
				      write_fn ? convert : NULL,
				      extent_fn ? extent : NULL, extra);

	return rc ? back_raise(NULL, err_from_native(rc),
			       "MPI_Register_datarep") :
		    0;
}
