/* SPDX-License-Identifier: MIT */
/* sendrecv.c - Sendrecv and Sendrecv_replace around a ring, any length */
/* test: ranks=2,4 */
#include <mpi.h>
#include "check.h"

enum { MOST = 300000 };
static char in[MOST], out[MOST];

static void verify(const MPI_Status *st, const char *data, int from, int len)
{
	int count;

	MPI_Get_count(st, MPI_CHAR, &count);
	CHECK_EQ(count, len);
	CHECK_EQ(st->MPI_SOURCE, from);
	CHECK_EQ(st->MPI_TAG, 7);
	check_same(data, (size_t)len, (unsigned long)from);
}

int main(int argc, char **argv)
{
	int to, from, len;
	MPI_Status st;

	check_start(argc, argv);
	to = (check.rank + 1) % check.size;
	from = (check.rank + check.size - 1) % check.size;
	while (check_more()) {
		len = (int)(check.round * 7919 % MOST);
		check_fill(out, (size_t)len, (unsigned long)check.rank);
		MPI_Sendrecv(out, len, MPI_CHAR, to, 7, in, MOST, MPI_CHAR,
			     from, 7, MPI_COMM_WORLD, &st);
		verify(&st, in, from, len);
		MPI_Sendrecv_replace(out, len, MPI_CHAR, to, 7, MPI_ANY_SOURCE,
				     MPI_ANY_TAG, MPI_COMM_WORLD, &st);
		verify(&st, out, from, len);
		MPI_Sendrecv(out, 1, MPI_CHAR, MPI_PROC_NULL, 7, in, 1,
			     MPI_CHAR, MPI_PROC_NULL, 7, MPI_COMM_WORLD, &st);
		CHECK_EQ(st.MPI_SOURCE, MPI_PROC_NULL);
	}
	return check_pass();
}
