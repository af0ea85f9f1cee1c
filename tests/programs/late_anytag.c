/* SPDX-License-Identifier: MIT */
/* late_anytag.c - wildcards over messages long sent keep the sender's order */
/* test: ranks=2,4 */
#include <mpi.h>
#include "check.h"

enum { EACH = 20 };

static void send_all(int *out, MPI_Request *r)
{
	int to, i, n = 0;

	for (i = 0; i < EACH; i++)
		for (to = 0; to < check.size; to++) {
			if (to == check.rank)
				continue;
			out[i] = i;
			MPI_Isend(&out[i], 1, MPI_INT, to, i % 3,
				  MPI_COMM_WORLD, &r[n++]);
		}
}

/* Half by Recv, half by Probe or Iprobe and then Recv of what was seen. */
static void take(int i, int *value, MPI_Status *st)
{
	int flag = 0;

	switch (i % 4) {
	case 0:
		MPI_Probe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, st);
		break;
	case 1:
		while (!flag)
			MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD,
				   &flag, st);
		break;
	default:
		MPI_Recv(value, 1, MPI_INT, MPI_ANY_SOURCE, MPI_ANY_TAG,
			 MPI_COMM_WORLD, st);
		return;
	}
	MPI_Recv(value, 1, MPI_INT, st->MPI_SOURCE, st->MPI_TAG, MPI_COMM_WORLD,
		 st);
}

static void round_of(int *out, MPI_Request *r, int *next)
{
	int i, value, others = check.size - 1;
	MPI_Status st;

	send_all(out, r);
	check_sleep(0.5);
	memset(next, 0, sizeof(int) * (size_t)check.size);
	for (i = 0; i < EACH * others; i++) {
		take(i, &value, &st);
		CHECK_EQ(value, next[st.MPI_SOURCE]++);
		CHECK_EQ(st.MPI_TAG, value % 3);
	}
	MPI_Waitall(EACH * others, r, MPI_STATUSES_IGNORE);
	MPI_Barrier(MPI_COMM_WORLD);
}

int main(int argc, char **argv)
{
	int out[EACH], *next;
	MPI_Request *r;

	check_start(argc, argv);
	next = malloc(sizeof(int) * (size_t)check.size);
	r = malloc(sizeof(MPI_Request) * (size_t)(EACH * check.size));
	CHECK(next && r);
	while (check_more())
		round_of(out, r, next);
	free(next);
	free(r);
	return check_pass();
}
