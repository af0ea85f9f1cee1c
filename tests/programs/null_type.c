/* SPDX-License-Identifier: MIT */
/* null_type.c - nothing of MPI_DATATYPE_NULL: an error or 0 bytes, as the
 * library says; such a receive waits like others */
/* test: ranks=2 */
#include <mpi.h>
#include "check.h"

static MPI_Comm comm;

/* 1: the library takes it; the other way is an error of the type. */
static int taken(int rc)
{
	int class;

	MPI_Error_class(rc, &class);
	if (rc != MPI_SUCCESS)
		CHECK_EQ(class, MPI_ERR_TYPE);
	return rc == MPI_SUCCESS;
}

static void empty(const MPI_Status *s, int from)
{
	int n = -1;

	MPI_Get_count(s, MPI_BYTE, &n);
	CHECK_EQ(n, 0);
	CHECK_EQ(s->MPI_SOURCE, from);
}

/* Posted, then a while, then the message. */
static void pending(int other)
{
	MPI_Request r = MPI_REQUEST_NULL;
	MPI_Status s;
	int ok;

	ok = taken(MPI_Irecv(NULL, 0, MPI_DATATYPE_NULL, other, 1, comm, &r));
	if (check.round % 4 == 0)
		check_sleep(0.2);
	MPI_Barrier(comm);
	MPI_Send(NULL, 0, MPI_BYTE, other, 1, comm);
	if (!ok)
		MPI_Irecv(NULL, 0, MPI_BYTE, other, 1, comm, &r);
	MPI_Wait(&r, &s);
	empty(&s, other);
}

/* Sent, then a while, then received. */
static void late(int other)
{
	MPI_Status s;

	if (!taken(MPI_Send(NULL, 0, MPI_DATATYPE_NULL, other, 2, comm)))
		MPI_Send(NULL, 0, MPI_BYTE, other, 2, comm);
	if (check.round % 4 == 2)
		check_sleep(0.2);
	if (!taken(MPI_Recv(NULL, 0, MPI_DATATYPE_NULL, other, 2, comm, &s)))
		MPI_Recv(NULL, 0, MPI_BYTE, other, 2, comm, &s);
	empty(&s, other);
}

static void persistent(MPI_Request *r, int other)
{
	MPI_Status s;

	MPI_Start(r);
	if (check.round % 4 == 3)
		check_sleep(0.1);
	MPI_Send(NULL, 0, MPI_BYTE, other, 3, comm);
	MPI_Wait(r, &s);
	empty(&s, other);
}

int main(int argc, char **argv)
{
	MPI_Request r = MPI_REQUEST_NULL;
	int other;

	check_start(argc, argv);
	other = 1 - check.rank;
	MPI_Comm_dup(MPI_COMM_WORLD, &comm);
	MPI_Comm_set_errhandler(comm, MPI_ERRORS_RETURN);
	if (!taken(MPI_Recv_init(NULL, 0, MPI_DATATYPE_NULL, other, 3, comm,
				 &r)))
		MPI_Recv_init(NULL, 0, MPI_BYTE, other, 3, comm, &r);
	while (check_more()) {
		pending(other);
		late(other);
		persistent(&r, other);
	}
	MPI_Request_free(&r);
	MPI_Comm_free(&comm);
	return check_pass();
}
