/* SPDX-License-Identifier: MIT */
/* completion.c - Wait and Test, one, all, any, some; Request_get_status */
/* test: ranks=2,4 */
#include <mpi.h>
#include "check.h"

enum { N = 12, KINDS = 9, LEN = 500 };
static int in[N][LEN], out[N][LEN];
static MPI_Request req[N + 1];
static int seen[N];

static void arrived(int i, const MPI_Status *st, int from)
{
	int count;

	CHECK(i >= 0 && i < N);
	CHECK_EQ(seen[i]++, 0);
	CHECK_EQ(st->MPI_SOURCE, from);
	CHECK_EQ(st->MPI_TAG, i);
	MPI_Get_count(st, MPI_INT, &count);
	CHECK_EQ(count, LEN - i);
	check_same(in[i], (size_t)(LEN - i) * sizeof(int),
		   (unsigned long)(i + from));
}

static void by_one(int kind, int from)
{
	MPI_Status st;
	int i, flag;

	for (i = N - 1; i >= 0; i--) {
		flag = kind == 0;
		if (kind == 0)
			MPI_Wait(&req[i], &st);
		while (kind == 1 && !flag)
			MPI_Test(&req[i], &flag, &st);
		while (kind == 2 && !flag)
			MPI_Request_get_status(req[i], &flag, &st);
		arrived(i, &st, from);
		if (kind == 2) {
			CHECK(req[i] != MPI_REQUEST_NULL);
			MPI_Wait(&req[i], MPI_STATUS_IGNORE);
		}
		CHECK(req[i] == MPI_REQUEST_NULL);
	}
}

static void by_all(int test, int from)
{
	MPI_Status st[N + 1];
	int i, flag = !test;

	if (!test)
		MPI_Waitall(N + 1, req, st);
	while (!flag)
		MPI_Testall(N + 1, req, &flag, st);
	for (i = 0; i < N; i++)
		arrived(i, &st[i], from);
	CHECK_EQ(st[N].MPI_SOURCE, MPI_ANY_SOURCE);
	CHECK_EQ(st[N].MPI_TAG, MPI_ANY_TAG);
}

static void by_any(int test, int from)
{
	MPI_Status st;
	int i, index, flag;

	for (i = 0; i < N; i++) {
		flag = !test;
		if (!test)
			MPI_Waitany(N + 1, req, &index, &st);
		while (!flag)
			MPI_Testany(N + 1, req, &index, &flag, &st);
		arrived(index, &st, from);
	}
	MPI_Waitany(N + 1, req, &index, &st);
	CHECK_EQ(index, MPI_UNDEFINED);
}

static void by_some(int test, int from)
{
	MPI_Status st[N + 1];
	int got, i, left, index[N + 1];

	for (left = N; left > 0; left -= got) {
		if (test)
			MPI_Testsome(N + 1, req, &got, index, st);
		else
			MPI_Waitsome(N + 1, req, &got, index, st);
		CHECK(got >= !test && got <= left);
		for (i = 0; i < got; i++)
			arrived(index[i], &st[i], from);
	}
	MPI_Testsome(N + 1, req, &got, index, st);
	CHECK_EQ(got, MPI_UNDEFINED);
}

static void round_of(int kind)
{
	int next = (check.rank + 1) % check.size, i;
	int prev = (check.rank + check.size - 1) % check.size;
	MPI_Request sends[N];

	memset(seen, 0, sizeof(seen));
	req[N] = MPI_REQUEST_NULL;
	for (i = 0; i < N; i++)
		MPI_Irecv(in[i], LEN, MPI_INT, prev, i, MPI_COMM_WORLD,
			  &req[i]);
	for (i = 0; i < N; i++) {
		check_fill(out[i], sizeof(out[i]),
			   (unsigned long)(i + check.rank));
		MPI_Isend(out[i], LEN - i, MPI_INT, next, i, MPI_COMM_WORLD,
			  &sends[i]);
	}
	if (kind < 3)
		by_one(kind, prev);
	else if (kind < 5)
		by_all(kind - 3, prev);
	else if (kind < 7)
		by_any(kind - 5, prev);
	else
		by_some(kind - 7, prev);
	MPI_Waitall(N, sends, MPI_STATUSES_IGNORE);
}

int main(int argc, char **argv)
{
	int kind;

	check_start(argc, argv);
	while (check_more())
		for (kind = 0; kind < KINDS; kind++)
			round_of(kind);
	return check_pass();
}
