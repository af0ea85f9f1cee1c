/* SPDX-License-Identifier: MIT */
/* rendezvous.c - 16 MiB sends stay half sent while time passes */
/* test: ranks=2,4 mpi=mpich,openmpi */
#include <mpi.h>
#include "check.h"

enum { LEN = 16 << 20 };

/* Even rounds post the receive late, odd ones early and complete it late. */
int main(int argc, char **argv)
{
	char *out, *in;
	int to, from, count;
	MPI_Request s, r;
	MPI_Status st;

	check_start(argc, argv);
	out = malloc(LEN);
	in = malloc(LEN);
	CHECK(out && in);
	to = (check.rank + 1) % check.size;
	from = (check.rank + check.size - 1) % check.size;
	while (check_more()) {
		check_fill(out, LEN, (unsigned long)(check.rank + check.round));
		if (check.round % 2)
			MPI_Irecv(in, LEN, MPI_BYTE, from, 3, MPI_COMM_WORLD,
				  &r);
		MPI_Isend(out, LEN, MPI_BYTE, to, 3, MPI_COMM_WORLD, &s);
		check_sleep(0.4);
		if (check.round % 2 == 0)
			MPI_Irecv(in, LEN, MPI_BYTE, MPI_ANY_SOURCE, 3,
				  MPI_COMM_WORLD, &r);
		check_sleep(0.1);
		MPI_Wait(&r, &st);
		MPI_Get_count(&st, MPI_BYTE, &count);
		CHECK_EQ(count, LEN);
		check_same(in, LEN, (unsigned long)(from + check.round));
		MPI_Wait(&s, MPI_STATUS_IGNORE);
	}
	free(out);
	free(in);
	return check_pass();
}
