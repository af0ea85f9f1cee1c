/* SPDX-License-Identifier: MIT */
/* unexpected.c - 10,000 small messages arrive before any receive */
/* test: ranks=2,4 */
#include <mpi.h>
#include "check.h"

enum { MANY = 10000 };

static void send_many(int to, long *out, MPI_Request *r)
{
	int i;

	for (i = 0; i < MANY; i++) {
		out[i] = check.round * MANY + i;
		MPI_Isend(&out[i], 1, MPI_LONG, to, i % 100, MPI_COMM_WORLD,
			  &r[i]);
	}
}

static void receive_many(int from)
{
	MPI_Status st;
	long value;
	int i, count;

	for (i = 0; i < MANY; i++) {
		MPI_Recv(&value, 1, MPI_LONG, i % 3 ? from : MPI_ANY_SOURCE,
			 i % 2 ? MPI_ANY_TAG : i % 100, MPI_COMM_WORLD, &st);
		MPI_Get_count(&st, MPI_LONG, &count);
		CHECK_EQ(value, check.round * MANY + i);
		CHECK_EQ(st.MPI_SOURCE, from);
		CHECK_EQ(st.MPI_TAG, i % 100);
		CHECK_EQ(count, 1);
	}
}

int main(int argc, char **argv)
{
	static long out[MANY];
	static MPI_Request r[MANY];
	int to, from;

	check_start(argc, argv);
	to = (check.rank + 1) % check.size;
	from = (check.rank + check.size - 1) % check.size;
	while (check_more()) {
		send_many(to, out, r);
		check_sleep(0.5);
		receive_many(from);
		MPI_Waitall(MANY, r, MPI_STATUSES_IGNORE);
	}
	return check_pass();
}
