/* SPDX-License-Identifier: MIT */
/* icoll_freed.c - nonblocking collectives whose operands are freed meanwhile
 *
 * The communicator, the datatype and the operation are let go while a
 * collective is under way, which others begin late.
 */
/* test: ranks=2 */
#include <mpi.h>
#include "check.h"

struct two {
	int a, b;
};

static int size_seen = -1;

static void add(void *in, void *inout, int *n, MPI_Datatype *t)
{
	struct two *x = in, *y = inout;
	int i;

	MPI_Type_size(*t, &size_seen);
	for (i = 0; i < *n; i++) {
		y[i].a += x[i].a;
		y[i].b += x[i].b;
	}
}

int main(int argc, char **argv)
{
	struct two v[50], sum[50];
	MPI_Datatype t;
	MPI_Request r[2];
	MPI_Comm c;
	MPI_Op op;
	int i;

	check_start(argc, argv);
	do {
		MPI_Comm_dup(MPI_COMM_WORLD, &c);
		MPI_Type_contiguous(2, MPI_INT, &t);
		MPI_Type_commit(&t);
		MPI_Op_create(add, 1, &op);
		for (i = 0; i < 50; i++) {
			v[i].a = check.rank + i;
			v[i].b = (int)check.round;
			sum[i].a = sum[i].b = -1;
		}
		if (check.round % 2 == check.rank)
			check_sleep(0.06);
		MPI_Iallreduce(v, sum, 50, t, op, c, &r[0]);
		MPI_Ibarrier(c, &r[1]);
		MPI_Op_free(&op);
		MPI_Type_free(&t);
		MPI_Comm_free(&c);
		if (check.round % 3 == 0)
			check_sleep(0.06);
		MPI_Waitall(2, r, MPI_STATUSES_IGNORE);
		for (i = 0; i < 50; i++) {
			CHECK_EQ(sum[i].a, 1 + 2 * i);
			CHECK_EQ(sum[i].b, 2 * check.round);
		}
		CHECK(size_seen < 0 || size_seen == sizeof(struct two));
	} while (check_more());
	return check_pass();
}
