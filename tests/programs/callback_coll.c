/* SPDX-License-Identifier: MIT */
/* callback_coll.c - attribute callbacks that call collectives
 *
 * As PETSc's: a communicator has an inner one as an attribute, duplicated and
 * freed with it, by ranks that come late in turn.
 */
/* test: ranks=2 */
#include <mpi.h>
#include "check.h"

static int key;

static int copy_inner(MPI_Comm c, int k, void *extra, void *in, void *out,
		      int *flag)
{
	MPI_Comm *inner = malloc(sizeof(*inner));

	(void)c, (void)k, (void)extra;
	if (check.round % 2 == check.rank)
		check_sleep(0.03);
	MPI_Comm_dup(*(MPI_Comm *)in, inner);
	*(void **)out = inner;
	*flag = 1;
	return MPI_SUCCESS;
}

static int free_inner(MPI_Comm c, int k, void *value, void *extra)
{
	MPI_Comm *inner = value;
	int v = check.rank == 0;

	(void)c, (void)k, (void)extra;
	if (check.round % 2 == check.rank)
		check_sleep(0.03);
	MPI_Allreduce(MPI_IN_PLACE, &v, 1, MPI_INT, MPI_SUM, *inner);
	CHECK_EQ(v, 1);
	MPI_Comm_free(inner);
	free(inner);
	return MPI_SUCCESS;
}

int main(int argc, char **argv)
{
	MPI_Comm outer, other, *inner;

	check_start(argc, argv);
	MPI_Comm_create_keyval(copy_inner, free_inner, &key, NULL);
	do {
		MPI_Comm_dup(MPI_COMM_WORLD, &outer);
		inner = malloc(sizeof(*inner));
		MPI_Comm_dup(outer, inner);
		MPI_Comm_set_attr(outer, key, inner);
		MPI_Comm_dup(outer, &other);
		MPI_Comm_free(&outer);
		MPI_Barrier(other);
		MPI_Comm_free(&other);
	} while (check_more());
	return check_pass();
}
