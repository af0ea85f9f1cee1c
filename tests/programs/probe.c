/* SPDX-License-Identifier: MIT */
/* probe.c - Probe, Iprobe, Mprobe, Improbe with and without wildcards */
/* test: ranks=2,4 */
#include <mpi.h>
#include "check.h"

enum { MOST = 3000, KINDS = 4, TAGS = 3 };
static int in[MOST];
static const MPI_Comm *world;

static int length(int from, int tag)
{
	return (int)((from * 131 + tag * 17 + check.round * 7) % MOST);
}

static void examine(const MPI_Status *st)
{
	int count;

	MPI_Get_count(st, MPI_INT, &count);
	CHECK(st->MPI_TAG >= 0 && st->MPI_TAG < TAGS);
	CHECK_EQ(count, length(st->MPI_SOURCE, st->MPI_TAG));
}

static void receive_matched(int kind, int source, int tag, MPI_Status *st)
{
	int flag = 0, use_imrecv = tag == MPI_ANY_TAG;
	MPI_Message m = MPI_MESSAGE_NULL;
	MPI_Request r;

	if (kind == 2)
		MPI_Mprobe(source, tag, *world, &m, st);
	while (kind == 3 && !flag)
		MPI_Improbe(source, tag, *world, &flag, &m, st);
	examine(st);
	CHECK(m != MPI_MESSAGE_NULL);
	if (use_imrecv) {
		MPI_Imrecv(in, MOST, MPI_INT, &m, &r);
		MPI_Wait(&r, st);
	} else {
		MPI_Mrecv(in, MOST, MPI_INT, &m, st);
	}
	CHECK(m == MPI_MESSAGE_NULL);
}

static void receive_one(int kind, int source, int tag)
{
	MPI_Status st;
	int flag = 0;

	if (kind >= 2) {
		receive_matched(kind, source, tag, &st);
	} else {
		if (kind == 0)
			MPI_Probe(source, tag, *world, &st);
		while (kind == 1 && !flag)
			MPI_Iprobe(source, tag, *world, &flag, &st);
		examine(&st);
		MPI_Recv(in, MOST, MPI_INT, st.MPI_SOURCE, st.MPI_TAG, *world,
			 &st);
	}
	examine(&st);
	check_same(in, (size_t)length(st.MPI_SOURCE, st.MPI_TAG) * sizeof(int),
		   (unsigned long)(st.MPI_SOURCE * TAGS + st.MPI_TAG));
}

static void exchange(int kind)
{
	static int out[TAGS][MOST];
	int to = (check.rank + 1) % check.size, tag;
	int from = (check.rank + check.size - 1) % check.size;
	MPI_Request r[TAGS];

	for (tag = 0; tag < TAGS; tag++) {
		check_fill(out[tag], sizeof(out[tag]),
			   (unsigned long)(check.rank * TAGS + tag));
		MPI_Isend(out[tag], length(check.rank, tag), MPI_INT, to, tag,
			  *world, &r[tag]);
	}
	receive_one(kind, from, TAGS - 1);
	receive_one(kind, MPI_ANY_SOURCE, 0);
	receive_one(kind, MPI_ANY_SOURCE, MPI_ANY_TAG);
	MPI_Waitall(TAGS, r, MPI_STATUSES_IGNORE);
}

static void nothing_there(void)
{
	MPI_Message m;
	MPI_Status st;
	int flag;

	MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_SELF, &flag, &st);
	CHECK(!flag);
	MPI_Improbe(MPI_PROC_NULL, 1, MPI_COMM_WORLD, &flag, &m, &st);
	CHECK(flag);
	CHECK(m == MPI_MESSAGE_NO_PROC);
	MPI_Mrecv(NULL, 0, MPI_INT, &m, &st);
	CHECK_EQ(st.MPI_SOURCE, MPI_PROC_NULL);
	CHECK_EQ(st.MPI_TAG, MPI_ANY_TAG);
}

int main(int argc, char **argv)
{
	static MPI_Comm copy;
	int kind;

	check_start(argc, argv);
	MPI_Comm_dup(MPI_COMM_WORLD, &copy);
	world = &copy;
	while (check_more()) {
		nothing_there();
		for (kind = 0; kind < KINDS; kind++)
			exchange(kind);
	}
	MPI_Comm_free(&copy);
	return check_pass();
}
