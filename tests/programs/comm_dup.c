/* SPDX-License-Identifier: MIT */
/* comm_dup.c - duplicates are congruent, separate and live long */
/* test: ranks=2,4 */
#include <mpi.h>
#include "check.h"

enum { KEPT = 8 };

static int relation(MPI_Comm a, MPI_Comm b)
{
	int result;

	MPI_Comm_compare(a, b, &result);
	return result;
}

/* The same tag on every communicator: each receives its own message. */
static void separate(const MPI_Comm *c)
{
	int to = (check.rank + 1) % check.size, i, got, out[KEPT];
	int from = (check.rank + check.size - 1) % check.size;
	MPI_Request r[KEPT];

	for (i = 0; i < KEPT; i++) {
		out[i] = i * 1000 + check.rank;
		MPI_Isend(&out[i], 1, MPI_INT, to, 5, c[i], &r[i]);
	}
	if (check.round % 8 == 0)
		check_sleep(0.2);
	for (i = KEPT - 1; i >= 0; i--) {
		MPI_Recv(&got, 1, MPI_INT, from, MPI_ANY_TAG, c[i],
			 MPI_STATUS_IGNORE);
		CHECK_EQ(got, i * 1000 + from);
	}
	MPI_Waitall(KEPT, r, MPI_STATUSES_IGNORE);
}

static void later(MPI_Comm c)
{
	MPI_Comm copy;
	MPI_Request r;
	int sum;

	MPI_Comm_idup(c, &copy, &r);
	MPI_Wait(&r, MPI_STATUS_IGNORE);
	CHECK_EQ(relation(c, copy), MPI_CONGRUENT);
	MPI_Allreduce(&check.rank, &sum, 1, MPI_INT, MPI_SUM, copy);
	CHECK_EQ(sum, check.size * (check.size - 1) / 2);
	MPI_Comm_free(&copy);
}

int main(int argc, char **argv)
{
	MPI_Comm c[KEPT], again;
	int i;

	check_start(argc, argv);
	for (i = 0; i < KEPT; i++)
		MPI_Comm_dup(i ? c[i - 1] : MPI_COMM_WORLD, &c[i]);
	while (check_more()) {
		separate(c);
		MPI_Comm_dup_with_info(c[3], MPI_INFO_NULL, &again);
		MPI_Comm_free(&c[3]);
		CHECK(c[3] == MPI_COMM_NULL);
		c[3] = again;
		CHECK_EQ(relation(c[3], c[4]), MPI_CONGRUENT);
		CHECK_EQ(relation(c[2], c[2]), MPI_IDENT);
		CHECK_EQ(relation(MPI_COMM_WORLD, MPI_COMM_SELF), MPI_UNEQUAL);
		later(c[0]);
	}
	for (i = 0; i < KEPT; i++)
		MPI_Comm_free(&c[i]);
	return check_pass();
}
