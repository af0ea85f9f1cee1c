/* SPDX-License-Identifier: MIT */
/* callback_alone.c - callbacks that wait for others, in calls that do not
 *
 * MPI_Comm_delete_attr, MPI_Comm_set_attr, MPI_Type_dup, MPI_Type_free and what
 * is done with a communicator of one rank are no collectives, but the callbacks
 * of attributes may be as good as one: mpi4py frees its inner communicators so.
 * Ranks come late in turn.
 */
/* test: ranks=2,4 */
#include <mpi.h>
#include "check.h"

static int comm_key, type_key;
static MPI_Comm base; /* has no attributes */
static long calls;

static void late(void)
{
	if (check.round % check.size == check.rank)
		check_sleep(0.02);
}

/* All ranks meet, and each has something for the next. */
static void meet(MPI_Comm comm)
{
	int right = (check.rank + 1) % check.size;
	int left = (check.rank + check.size - 1) % check.size;
	int one = 1, got = -1;
	MPI_Request r;

	late();
	calls++;
	MPI_Isend(&check.rank, 1, MPI_INT, right, 7, comm, &r);
	MPI_Recv(&got, 1, MPI_INT, left, 7, comm, MPI_STATUS_IGNORE);
	CHECK_EQ(got, left);
	MPI_Wait(&r, MPI_STATUS_IGNORE);
	MPI_Allreduce(MPI_IN_PLACE, &one, 1, MPI_INT, MPI_SUM, comm);
	CHECK_EQ(one, check.size);
}

static int free_inner(MPI_Comm c, int k, void *value, void *extra)
{
	MPI_Comm *inner = value;

	(void)c, (void)k, (void)extra;
	meet(*inner);
	MPI_Comm_free(inner);
	free(inner);
	return MPI_SUCCESS;
}

static int copy_inner(MPI_Comm c, int k, void *extra, void *in, void *out,
		      int *flag)
{
	MPI_Comm *inner = malloc(sizeof(*inner));

	(void)c, (void)k, (void)extra;
	meet(*(MPI_Comm *)in);
	MPI_Comm_dup(*(MPI_Comm *)in, inner);
	*(void **)out = inner;
	*flag = 1;
	return MPI_SUCCESS;
}

static int free_type(MPI_Datatype t, int k, void *value, void *extra)
{
	(void)t, (void)k, (void)extra, (void)value;
	meet(MPI_COMM_WORLD);
	return MPI_SUCCESS;
}

static int copy_type(MPI_Datatype t, int k, void *extra, void *in, void *out,
		     int *flag)
{
	(void)t, (void)k, (void)extra;
	meet(MPI_COMM_WORLD);
	*(void **)out = in;
	*flag = 1;
	return MPI_SUCCESS;
}

static MPI_Comm *inner_new(void)
{
	MPI_Comm *inner = malloc(sizeof(*inner));

	MPI_Comm_dup(base, inner);
	return inner;
}

static void comms(void)
{
	MPI_Comm alone, other;

	MPI_Comm_set_attr(MPI_COMM_WORLD, comm_key, inner_new());
	MPI_Comm_set_attr(MPI_COMM_WORLD, comm_key, inner_new());
	MPI_Comm_delete_attr(MPI_COMM_WORLD, comm_key);
	MPI_Comm_dup(MPI_COMM_SELF, &alone);
	MPI_Comm_set_attr(alone, comm_key, inner_new());
	MPI_Comm_dup(alone, &other);
	MPI_Comm_free(&alone);
	MPI_Comm_free(&other);
}

static void types(void)
{
	MPI_Datatype t, other;

	MPI_Type_contiguous(3, MPI_INT, &t);
	MPI_Type_set_attr(t, type_key, &t);
	MPI_Type_dup(t, &other);
	MPI_Type_free(&t);
	MPI_Type_delete_attr(other, type_key);
	MPI_Type_free(&other);
}

int main(int argc, char **argv)
{
	check_start(argc, argv);
	MPI_Comm_dup(MPI_COMM_WORLD, &base);
	MPI_Comm_create_keyval(copy_inner, free_inner, &comm_key, NULL);
	MPI_Type_create_keyval(copy_type, free_type, &type_key, NULL);
	do {
		calls = 0;
		comms();
		types();
		CHECK_EQ(calls, 8);
	} while (check_more());
	return check_pass();
}
