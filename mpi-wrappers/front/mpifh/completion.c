/* SPDX-License-Identifier: MIT */
/* completion.c - completion calls that give indices: Fortran counts from 1 */
#include "mpifh.h"

static MPI_Request *requests_in(struct mpifh_room *r, const MPI_Fint *from,
				int n)
{
	MPI_Request *c = mpifh_room(r, n);

	for (int i = 0; i < n; i++)
		c[i] = PMPI_Request_f2c(from[i]);
	return c;
}

static void requests_out(struct mpifh_room *r, const MPI_Request *c,
			 MPI_Fint *to, int n)
{
	for (int i = 0; i < n; i++)
		to[i] = PMPI_Request_c2f(c[i]);
	mpifh_room_free(r);
}

static void count_from_1(MPI_Fint *index, int n)
{
	for (int i = 0; n != MPI_UNDEFINED && i < n; i++)
		if (index[i] != MPI_UNDEFINED)
			index[i]++;
}

MPIFH(waitany, (MPI_Fint * count, MPI_Fint *requests, MPI_Fint *index,
		MPI_Fint *status, MPI_Fint *ierr))
{
	struct mpifh_room r;
	MPI_Request *c = requests_in(&r, requests, *count);
	int rc = PMPI_Waitany(*count, c, index, mpifh_status(status));

	requests_out(&r, c, requests, *count);
	if (rc == MPI_SUCCESS)
		count_from_1(index, 1);
	MPIFH_RETURN(ierr, rc);
}

MPIFH(testany, (MPI_Fint * count, MPI_Fint *requests, MPI_Fint *index,
		MPI_Fint *flag, MPI_Fint *status, MPI_Fint *ierr))
{
	struct mpifh_room r;
	MPI_Request *c = requests_in(&r, requests, *count);
	int rc = PMPI_Testany(*count, c, index, flag, mpifh_status(status));

	requests_out(&r, c, requests, *count);
	if (rc == MPI_SUCCESS && *flag)
		count_from_1(index, 1);
	MPIFH_RETURN(ierr, rc);
}

#define SOME(name, Name)                                                       \
	MPIFH(name,                                                            \
	      (MPI_Fint * count, MPI_Fint * requests, MPI_Fint * out,          \
	       MPI_Fint * indices, MPI_Fint * statuses, MPI_Fint * ierr))      \
	{                                                                      \
		struct mpifh_room r;                                           \
		MPI_Request *c = requests_in(&r, requests, *count);            \
		int rc = PMPI_##Name(*count, c, out, indices,                  \
				     mpifh_statuses(statuses));                \
                                                                               \
		requests_out(&r, c, requests, *count);                         \
		if (rc == MPI_SUCCESS || rc == MPI_ERR_IN_STATUS)              \
			count_from_1(indices, *out);                           \
		MPIFH_RETURN(ierr, rc);                                        \
	}

SOME(waitsome, Waitsome)
SOME(testsome, Testsome)
