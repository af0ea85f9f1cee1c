/* SPDX-License-Identifier: MIT */
/*
 * rendezvous.c - 64 MiB sends stay half sent while time passes
 *
 * Every other round posts its receive late. The others do so early and see a
 * part of the message come, which takes MPI libraries that send it in pieces.
 */
/* test: ranks=2,4 */
#include <mpi.h>
#include "check.h"

enum { LEN = 8 << 20 }; /* longs */

static unsigned long *out, *in;

static unsigned long value(long rank, long i)
{
	return (unsigned long)(rank + check.round + i) * 0x9e3779b97f4a7c15;
}

/* Until a part is there, or all. */
static void receive_part(int from, MPI_Request *r, MPI_Status *st)
{
	volatile unsigned long *part = &in[LEN / 8];
	int flag = 0;

	while (!flag && *part != value(from, LEN / 8))
		MPI_Test(r, &flag, st);
}

static void verify(int from, const MPI_Status *st)
{
	int count;
	long i;

	CHECK_EQ(st->MPI_SOURCE, from);
	MPI_Get_count(st, MPI_LONG, &count);
	CHECK_EQ(count, LEN);
	for (i = 0; i < LEN; i++)
		if (in[i] != value(from, i))
			CHECK_EQ(in[i], value(from, i));
}

static void round_of(int to, int from)
{
	MPI_Comm w = MPI_COMM_WORLD;
	MPI_Request s, r;
	MPI_Status st;
	long i;

	for (i = 0; i < LEN; i++)
		out[i] = value(check.rank, i);
	memset(in, 0, LEN * sizeof(*in));
	if (check.round % 2)
		MPI_Irecv(in, LEN, MPI_LONG, from, 3, w, &r);
	MPI_Isend(out, LEN, MPI_LONG, to, 3, w, &s);
	if (check.round % 2)
		receive_part(from, &r, &st);
	check_sleep(0.4);
	if (check.round % 2 == 0)
		MPI_Irecv(in, LEN, MPI_LONG, MPI_ANY_SOURCE, 3, w, &r);
	if (r != MPI_REQUEST_NULL)
		MPI_Wait(&r, &st);
	verify(from, &st);
	MPI_Wait(&s, MPI_STATUS_IGNORE);
}

int main(int argc, char **argv)
{
	int to, from;

	setenv("OMPI_MCA_btl_vader_single_copy_mechanism", "none", 1);
	setenv("UCX_TLS", "^cma", 1);
	check_start(argc, argv);
	out = malloc(LEN * sizeof(*out));
	in = malloc(LEN * sizeof(*in));
	CHECK(out && in);
	to = (check.rank + 1) % check.size;
	from = (check.rank + check.size - 1) % check.size;
	while (check_more())
		round_of(to, from);
	free(out);
	free(in);
	return check_pass();
}
