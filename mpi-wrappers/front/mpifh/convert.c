/* SPDX-License-Identifier: MIT */
/* convert.c - strings and arrays between Fortran and C */
#include "mpifh.h"

void *mpifh_malloc(size_t n)
{
	void *p = malloc(n);

	if (!p)
		PMPI_Abort(MPI_COMM_WORLD, MPI_ERR_NO_MEM);
	return p;
}

/* Of front/openmpi/strings.c. */
void mpifh_check(int rc)
{
	if (rc)
		PMPI_Abort(MPI_COMM_WORLD, MPI_ERR_NO_MEM);
}

void *mpifh_room(struct mpifh_room *r, int n)
{
	r->large = NULL;
	if (n <= MPIFH_SMALL)
		return r->small;
	r->large = mpifh_malloc((size_t)n * sizeof(void *));
	return r->large;
}

char *mpifh_string(char *s, int len)
{
	char *c = NULL;

	mpifh_check(ompi_fortran_string_f2c(s, len > 0 ? len : 0, &c));
	return c;
}

void mpifh_from_1(int rc, MPI_Fint *indices, int n)
{
	if ((rc != MPI_SUCCESS && rc != MPI_ERR_IN_STATUS) ||
	    n == MPI_UNDEFINED)
		return;
	for (int i = 0; i < n; i++)
		if (indices[i] != MPI_UNDEFINED)
			indices[i]++;
}

void mpifh_argv_free(char **argv)
{
	if (!argv)
		return;
	for (char **a = argv; *a; a++)
		free(*a);
	free(argv);
}
