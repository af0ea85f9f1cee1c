/* SPDX-License-Identifier: MIT */
/* late_truncate.c - too short a buffer for a message that waited long */
/* test: ranks=2,4 */
#include <mpi.h>
#include "check.h"

enum { WAYS = 14, LEN = 100 };
static MPI_Comm w = MPI_COMM_WORLD;
static MPI_Datatype apart;
static int in[LEN + 1];

static int good(int rc)
{
	return rc == MPI_SUCCESS || rc == MPI_ERR_PENDING;
}

/* One of two requests fails; the code of that one. */
static int receive_two(int way, MPI_Request *r, MPI_Status *st)
{
	MPI_Status both[2];
	int rc, n, left, flag, which[2], at = -1;

	for (left = 2; left > 0; left -= n) {
		n = way < 8 ? 2 : 0;
		flag = 1;
		if (way == 6)
			rc = MPI_Waitall(2, r, both);
		else if (way == 7)
			do
				rc = MPI_Testall(2, r, &flag, both);
			while (!flag);
		else if (way == 8)
			rc = MPI_Waitsome(2, r, &n, which, both);
		else
			rc = MPI_Testsome(2, r, &n, which, both);
		if (rc != MPI_SUCCESS) {
			CHECK_EQ(rc, MPI_ERR_IN_STATUS);
			for (at = 0; good(both[at].MPI_ERROR); at++)
				CHECK(at < n - 1);
			*st = both[at];
		}
	}
	CHECK(at >= 0);
	CHECK(r[0] == MPI_REQUEST_NULL);
	MPI_Wait(&r[1], MPI_STATUS_IGNORE);
	return st->MPI_ERROR;
}

static int receive_started(int way, int from, MPI_Status *st)
{
	MPI_Request r[2];
	int rc = MPI_SUCCESS, flag = 0;

	if (way == 5) {
		MPI_Recv_init(in, LEN / 2, MPI_INT, from, way, w, &r[0]);
		MPI_Start(&r[0]);
	} else {
		MPI_Irecv(in, LEN / 2, MPI_INT, MPI_ANY_SOURCE, way, w, &r[0]);
	}
	if (way > 5) {
		MPI_Irecv(&in[LEN], 1, MPI_INT, from, way + WAYS, w, &r[1]);
		return receive_two(way, r, st);
	}
	if (way == 4)
		rc = MPI_Waitany(1, r, &flag, st);
	while (way < 4 && !flag)
		rc = MPI_Test(&r[0], &flag, st);
	if (way == 5)
		rc = MPI_Wait(&r[0], st);
	if (way == 5 && r[0] != MPI_REQUEST_NULL)
		MPI_Request_free(&r[0]); /* Open MPI has done it */
	return rc;
}

static int receive(int way, int from, MPI_Status *st)
{
	MPI_Message m;
	MPI_Request r;

	switch (way) {
	case 0:
		return MPI_Recv(in, LEN / 2, MPI_INT, from, way, w, st);
	case 1:
		MPI_Irecv(in, LEN / 2, MPI_INT, from, way, w, &r);
		return MPI_Wait(&r, st);
	case 2:
		MPI_Mprobe(from, way, w, &m, st);
		return MPI_Mrecv(in, LEN / 2, MPI_INT, &m, st);
	case 10:
		return MPI_Sendrecv(NULL, 0, MPI_INT, MPI_PROC_NULL, 0, in,
				    LEN / 2, MPI_INT, from, way, w, st);
	case 11:
		return MPI_Sendrecv_replace(in, LEN / 2, MPI_INT, MPI_PROC_NULL,
					    0, from, way, w, st);
	case 12: /* every other one of the whole */
		return MPI_Recv(in, 1, apart, MPI_ANY_SOURCE, way, w, st);
	case 13:
		return MPI_Recv(in, LEN / 2, MPI_INT, from, MPI_ANY_TAG, w, st);
	default:
		return receive_started(way, from, st);
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
	CHECK_EQ(st.MPI_SOURCE, from);
	CHECK_EQ(st.MPI_TAG, way);
	for (i = way == 12 ? 1 : LEN / 2; i < LEN; i += way == 12 ? 2 : 1)
		CHECK_EQ(in[i], -7);
	CHECK_EQ(in[LEN], way < 6 || way > 9 ? -7 : way);
}

int main(int argc, char **argv)
{
	int out[LEN];
	int i, way, to, from;
	MPI_Request r[2 * WAYS];

	check_start(argc, argv);
	MPI_Comm_set_errhandler(w, MPI_ERRORS_RETURN);
	MPI_Type_vector(LEN / 2, 1, 2, MPI_INT, &apart);
	MPI_Type_commit(&apart);
	to = (check.rank + 1) % check.size;
	from = (check.rank + check.size - 1) % check.size;
	for (i = 0; i < LEN; i++)
		out[i] = i;
	while (check_more()) {
		for (way = 0; way < WAYS; way++) {
			MPI_Isend(out, LEN, MPI_INT, to, way, w, &r[way]);
			i = way > 5 && way < 10;
			MPI_Isend(&out[way], i, MPI_INT, i ? to : MPI_PROC_NULL,
				  way + WAYS, w, &r[way + WAYS]);
		}
		check_sleep(0.4);
		for (way = 0; way < WAYS; way++)
			take(way, from);
		MPI_Waitall(2 * WAYS, r, MPI_STATUSES_IGNORE);
	}
	MPI_Type_free(&apart);
	return check_pass();
}
