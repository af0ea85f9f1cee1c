/* SPDX-License-Identifier: MIT */
/* posted.c - receives posted long before their messages are sent */
/* test: ranks=2,4 */
#include <mpi.h>
#include "check.h"

enum { N = 16, LEN = 300 };

static void verify(int (*in)[LEN], const MPI_Status *st, int from)
{
	int i, count;

	for (i = 0; i < N; i++) {
		MPI_Get_count(&st[i], MPI_INT, &count);
		CHECK_EQ(st[i].MPI_SOURCE, from);
		CHECK_EQ(st[i].MPI_TAG, i);
		CHECK_EQ(count, LEN - i);
		check_same(in[i], (size_t)count * sizeof(int),
			   (unsigned long)(check.round + i));
	}
}

int main(int argc, char **argv)
{
	static int in[N][LEN], out[LEN];
	MPI_Request r[N];
	MPI_Status st[N];
	int i, to, from;

	check_start(argc, argv);
	to = (check.rank + 1) % check.size;
	from = (check.rank + check.size - 1) % check.size;
	while (check_more()) {
		for (i = 0; i < N; i++)
			MPI_Irecv(in[i], LEN, MPI_INT,
				  i % 2 ? MPI_ANY_SOURCE : from, i,
				  MPI_COMM_WORLD, &r[i]);
		check_sleep(0.5);
		for (i = N - 1; i >= 0; i--) {
			check_fill(out, sizeof(out),
				   (unsigned long)(check.round + i));
			MPI_Send(out, LEN - i, MPI_INT, to, i, MPI_COMM_WORLD);
		}
		MPI_Waitall(N, r, st);
		verify(in, st, from);
	}
	return check_pass();
}
