/* SPDX-License-Identifier: MIT */
/*
 * late.c - messages sent long before anybody looks for them
 *
 * Each round sends one message per way of receiving, lets a window of time
 * pass, and then takes them in another order than they were sent in.
 */
/* test: ranks=2,4 */
#include <mpi.h>
#include "check.h"

enum { WAYS = 11, MOST = 20000 };
static char in[MOST];
static int from;
static MPI_Comm comm;

static int length(int way)
{
	return (int)((way * 1777 + check.round * 37) % MOST);
}

static void verify(int way, const MPI_Status *st, int with_data)
{
	int count;

	CHECK_EQ(st->MPI_SOURCE, from);
	CHECK_EQ(st->MPI_TAG, way);
	MPI_Get_count(st, MPI_CHAR, &count);
	CHECK_EQ(count, length(way));
	if (with_data)
		check_same(in, (size_t)count, (unsigned long)(from + way));
}

static void take_matched(int way, int try, int later, MPI_Status *st)
{
	MPI_Message m = MPI_MESSAGE_NULL;
	MPI_Request r;
	int flag = 0;

	if (!try)
		MPI_Mprobe(MPI_ANY_SOURCE, way, comm, &m, st);
	while (try && !flag)
		MPI_Improbe(from, way, comm, &flag, &m, st);
	verify(way, st, 0);
	if (later) {
		MPI_Imrecv(in, MOST, MPI_CHAR, &m, &r);
		MPI_Wait(&r, st);
	} else {
		MPI_Mrecv(in, MOST, MPI_CHAR, &m, st);
	}
}

static void take_probed(int way, int try, MPI_Status *st)
{
	int flag = 0;

	if (!try)
		MPI_Probe(from, way, comm, st);
	while (try && !flag)
		MPI_Iprobe(MPI_ANY_SOURCE, way, comm, &flag, st);
	verify(way, st, 0);
	MPI_Recv(in, MOST, MPI_CHAR, st->MPI_SOURCE, st->MPI_TAG, comm, st);
}

static void take_posted(int way, int test, MPI_Status *st)
{
	MPI_Request r;
	int flag = 0;

	MPI_Irecv(in, MOST, MPI_CHAR, MPI_ANY_SOURCE, way, comm, &r);
	if (!test)
		MPI_Wait(&r, st);
	while (test && !flag)
		MPI_Test(&r, &flag, st);
}

static void take(int way)
{
	char none;
	MPI_Status st;

	memset(in, 0, sizeof(in));
	switch (way) {
	case 0:
		MPI_Recv(in, MOST, MPI_CHAR, from, 0, comm, &st);
		break;
	case 1:
		MPI_Recv(in, MOST, MPI_CHAR, MPI_ANY_SOURCE, 1, comm, &st);
		break;
	case 2:
		take_posted(way, 0, &st);
		break;
	case 3:
		take_posted(way, 1, &st);
		break;
	case 4:
		take_probed(way, 0, &st);
		break;
	case 5:
		take_probed(way, 1, &st);
		break;
	case 6:
		take_matched(way, 0, 0, &st);
		break;
	case 7:
		take_matched(way, 0, 1, &st);
		break;
	case 8:
		take_matched(way, 1, 0, &st);
		break;
	case 9:
		take_matched(way, 1, 1, &st);
		break;
	case 10:
		MPI_Sendrecv(&none, 0, MPI_CHAR, MPI_PROC_NULL, 0, in, MOST,
			     MPI_CHAR, from, 10, comm, &st);
		break;
	}
	verify(way, &st, 1);
}

static void round_of(void)
{
	static char out[WAYS][MOST];
	int i, to = (check.rank + 1) % check.size;
	MPI_Request r[WAYS];

	from = (check.rank + check.size - 1) % check.size;
	for (i = 0; i < WAYS; i++) {
		check_fill(out[i], MOST, (unsigned long)(check.rank + i));
		MPI_Isend(out[i], length(i), MPI_CHAR, to, i, comm, &r[i]);
	}
	check_sleep(0.6);
	for (i = 0; i < WAYS; i++)
		take((i * 4 + (int)check.round) % WAYS);
	MPI_Waitall(WAYS, r, MPI_STATUSES_IGNORE);
}

int main(int argc, char **argv)
{
	check_start(argc, argv);
	MPI_Comm_dup(MPI_COMM_WORLD, &comm);
	while (check_more())
		round_of();
	MPI_Comm_free(&comm);
	return check_pass();
}
