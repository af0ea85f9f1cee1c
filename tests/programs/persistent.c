/* SPDX-License-Identifier: MIT */
/* persistent.c - persistent sends and receives, started again and again */
/* test: ranks=2,4 ckpt=may */
#include <mpi.h>
#include "check.h"

enum { LEN = 1000 };

int main(int argc, char **argv)
{
	static int in[LEN], out[LEN];
	int to, from, i;
	MPI_Request r[2];
	MPI_Status st[2];

	check_start(argc, argv);
	to = (check.rank + 1) % check.size;
	from = (check.rank + check.size - 1) % check.size;
	MPI_Recv_init(in, LEN, MPI_INT, from, 1, MPI_COMM_WORLD, &r[0]);
	MPI_Send_init(out, LEN, MPI_INT, to, 1, MPI_COMM_WORLD, &r[1]);
	while (check_more()) {
		for (i = 0; i < LEN; i++)
			out[i] = i + check.rank + (int)check.round;
		MPI_Startall(2, r);
		MPI_Waitall(2, r, st);
		CHECK(r[0] != MPI_REQUEST_NULL);
		CHECK_EQ(st[0].MPI_SOURCE, from);
		for (i = 0; i < LEN; i++)
			CHECK_EQ(in[i], i + from + (int)check.round);
		check_sleep(0.01);
	}
	MPI_Request_free(&r[0]);
	MPI_Request_free(&r[1]);
	return check_pass();
}
