/* SPDX-License-Identifier: MIT */
/* overlap.c - rows, columns and diagonals of ranks, collectives interleaved */
/* test: ranks=2,4 mpich=4 */
#include <mpi.h>
#include "check.h"

enum { KINDS = 3 };

struct line {
	MPI_Comm comm;
	int sum; /* of the world ranks in it */
	int uses;
};

static void line_make(struct line *l, int color)
{
	MPI_Comm_split(MPI_COMM_WORLD, color, check.rank, &l->comm);
	MPI_Allreduce(&check.rank, &l->sum, 1, MPI_INT, MPI_SUM, l->comm);
	l->uses = 0;
}

static void line_use(struct line *l)
{
	int sum, count, size, root;

	MPI_Allreduce(&check.rank, &sum, 1, MPI_INT, MPI_SUM, l->comm);
	CHECK_EQ(sum, l->sum);
	MPI_Comm_size(l->comm, &size);
	count = ++l->uses;
	root = l->uses % size;
	MPI_Bcast(&count, 1, MPI_INT, root, l->comm);
	CHECK_EQ(count, l->uses);
}

/* All ranks keep one order of kinds, but they dawdle at different places. */
int main(int argc, char **argv)
{
	struct line lines[KINDS];
	int n, i, side = 1;

	check_start(argc, argv);
	while ((side + 1) * (side + 1) <= check.size)
		side++;
	if (side == 1)
		side = 2;
	line_make(&lines[0], check.rank / side);
	line_make(&lines[1], check.rank % side);
	line_make(&lines[2], (check.rank / side + check.rank) % side);
	while (check_more())
		for (n = 0; n < 50; n++)
			for (i = 0; i < KINDS; i++) {
				if ((n + check.rank * 7) % 23 == 0)
					check_sleep(0.005);
				line_use(&lines[(i + n) % KINDS]);
			}
	for (i = 0; i < KINDS; i++)
		MPI_Comm_free(&lines[i].comm);
	return check_pass();
}
