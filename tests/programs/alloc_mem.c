/* SPDX-License-Identifier: MIT */
/* alloc_mem.c - memory from MPI_Alloc_mem keeps its place and contents */
/* test: ranks=2,4 */
#include <mpi.h>
#include "check.h"

enum { LEN = 3 << 20 };

int main(int argc, char **argv)
{
	char *kept, *out, *in;
	int to, from;
	void *small;

	check_start(argc, argv);
	to = (check.rank + 1) % check.size;
	from = (check.rank + check.size - 1) % check.size;
	MPI_Alloc_mem(LEN, MPI_INFO_NULL, &kept);
	check_fill(kept, LEN, (unsigned long)check.rank);
	while (check_more()) {
		MPI_Alloc_mem(LEN, MPI_INFO_NULL, &out);
		MPI_Alloc_mem(LEN, MPI_INFO_NULL, &in);
		MPI_Alloc_mem(1, MPI_INFO_NULL, &small);
		CHECK(out && in && small);
		check_fill(out, LEN, (unsigned long)(check.rank + check.round));
		MPI_Sendrecv(out, LEN, MPI_BYTE, to, 1, in, LEN, MPI_BYTE, from,
			     1, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
		check_same(in, LEN, (unsigned long)(from + check.round));
		MPI_Free_mem(small);
		MPI_Free_mem(in);
		MPI_Free_mem(out);
		check_same(kept, LEN, (unsigned long)check.rank);
	}
	MPI_Free_mem(kept);
	return check_pass();
}
