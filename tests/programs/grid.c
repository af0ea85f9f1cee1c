/* SPDX-License-Identifier: MIT */
/*
 * grid.c - thousands of broadcasts along rows and columns between two of all
 *
 * A root does not wait for anyone, so ranks are far apart, and whoever is
 * behind in one communicator has much to do in the others first.
 */
/* test: ranks=2,4 */
#include <mpi.h>
#include "check.h"

enum { STEPS = 2000 };

struct line {
	MPI_Comm comm;
	int size;
	long uses, sum; /* of all that was sent */
};

static void line_make(struct line *l, int color)
{
	MPI_Comm_split(MPI_COMM_WORLD, color, check.rank, &l->comm);
	MPI_Comm_size(l->comm, &l->size);
	l->uses = l->sum = 0;
}

static void line_use(struct line *l)
{
	long v = ++l->uses * 3, sum;

	MPI_Bcast(&v, 1, MPI_LONG, (int)(l->uses / 100 % l->size), l->comm);
	CHECK_EQ(v, l->uses * 3);
	l->sum += v;
	if (l->uses % 700)
		return;
	MPI_Allreduce(&l->sum, &sum, 1, MPI_LONG, MPI_SUM, l->comm);
	CHECK_EQ(sum, l->sum * l->size);
}

int main(int argc, char **argv)
{
	struct line row, column;
	int n;

	check_start(argc, argv);
	line_make(&row, check.rank / 2);
	line_make(&column, check.rank % 2);
	while (check_more())
		for (n = 0; n < STEPS; n++) {
			line_use(&row);
			if (n % 5 == 0)
				line_use(&column);
		}
	MPI_Comm_free(&row.comm);
	MPI_Comm_free(&column.comm);
	return check_pass();
}
