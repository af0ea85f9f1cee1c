/* SPDX-License-Identifier: MIT */
/* late_truncate.c - too short a buffer for a message that waited long */
/* test: ranks=2,4 mpi=mpich,openmpi */
#include <mpi.h>
#include "check.h"

enum { WAYS = 4, LEN = 100 };
static int in[LEN + 1];

static int receive(int way, int from, MPI_Status *st)
{
	MPI_Comm w = MPI_COMM_WORLD;
	MPI_Message m;
	MPI_Request r;
	int rc;

	switch (way) {
	case 0:
		return MPI_Recv(in, LEN / 2, MPI_INT, from, way, w, st);
	case 1:
		MPI_Irecv(in, LEN / 2, MPI_INT, from, way, w, &r);
		return MPI_Wait(&r, st);
	case 2:
		MPI_Mprobe(from, way, w, &m, st);
		return MPI_Mrecv(in, LEN / 2, MPI_INT, &m, st);
	default:
		rc = MPI_Sendrecv(NULL, 0, MPI_INT, MPI_PROC_NULL, 0, in,
				  LEN / 2, MPI_INT, from, way, w, st);
		return rc;
	}
}

static void take(int way, int from)
{
	int rc, class, i;
	MPI_Status st;

	for (i = 0; i <= LEN; i++)
		in[i] = -7;
	rc = receive(way, from, &st);
	CHECK(rc != MPI_SUCCESS);
	MPI_Error_class(rc, &class);
	CHECK_EQ(class, MPI_ERR_TRUNCATE);
	for (i = LEN / 2; i <= LEN; i++)
		CHECK_EQ(in[i], -7);
}

int main(int argc, char **argv)
{
	int out[LEN], i, way, to, from;
	MPI_Request r[WAYS];

	check_start(argc, argv);
	MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
	to = (check.rank + 1) % check.size;
	from = (check.rank + check.size - 1) % check.size;
	for (i = 0; i < LEN; i++)
		out[i] = i;
	while (check_more()) {
		for (way = 0; way < WAYS; way++)
			MPI_Isend(out, LEN, MPI_INT, to, way, MPI_COMM_WORLD,
				  &r[way]);
		check_sleep(0.4);
		for (way = 0; way < WAYS; way++)
			take(way, from);
		MPI_Waitall(WAYS, r, MPI_STATUSES_IGNORE);
	}
	return check_pass();
}
