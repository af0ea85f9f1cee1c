/* SPDX-License-Identifier: MIT */
/*
 * late_completion.c - messages long sent: every way to start a receive with
 * every way to complete it
 *
 * Of each combination's messages one is empty, one small and one large. The
 * large-count functions are late_large.c's.
 */
/* test: ranks=2,4 */
#include <mpi.h>
#include "check.h"

#ifndef LARGE
#define count_t int
#endif

enum { EACH = 3, ENDS = 9, MOST = 70000, UNTOUCHED = 4711 };
enum start { IRECV, START, STARTALL, IMRECV, IMRECV_EARLY, REPLACE, STARTS };
enum { N = STARTS * ENDS * EACH };

static char out[N][MOST], in[EACH][MOST];
static MPI_Request persistent[N];
static MPI_Message early[N];
static MPI_Comm comm;
static int from, to;

static int length(int tag)
{
	return tag % EACH == 0 ? 0 : tag % EACH == 1 ? 1 + tag : MOST - tag;
}

static int source(int tag)
{
	return (tag + check.round) % 2 ? from : MPI_ANY_SOURCE;
}

static void verify(const MPI_Status *st, int tag)
{
	count_t count;
	int flag;

	CHECK_EQ(st->MPI_SOURCE, from);
	CHECK_EQ(st->MPI_TAG, tag);
	CHECK(st->MPI_ERROR == UNTOUCHED || st->MPI_ERROR == MPI_SUCCESS);
	MPI_Get_count(st, MPI_CHAR, &count);
	CHECK_EQ(count, length(tag));
	MPI_Get_elements(st, MPI_CHAR, &count);
	CHECK_EQ(count, length(tag));
	MPI_Test_cancelled(st, &flag);
	CHECK(!flag);
}

static void match(int tag)
{
	MPI_Status st = { .MPI_ERROR = UNTOUCHED };
	int flag = tag % 2;

	if (flag)
		MPI_Mprobe(source(tag), tag, comm, &early[tag], &st);
	while (!flag)
		MPI_Improbe(source(tag), tag, comm, &flag, &early[tag], &st);
	verify(&st, tag);
}

static void start(enum start how, int first, MPI_Request *r)
{
	int i, tag;

	for (i = 0; i < EACH; i++) {
		tag = first + i;
		memset(in[i], 0, MOST);
		r[i] = persistent[tag];
		if (how == IRECV)
			MPI_Irecv(in[i], MOST, MPI_CHAR, source(tag), tag, comm,
				  &r[i]);
		else if (how == START)
			MPI_Start(&r[i]);
		else if (how == IMRECV)
			match(tag);
#if MPI_VERSION >= 4
		if (how == REPLACE && i)
			MPI_Isendrecv_replace(in[i], MOST, MPI_CHAR,
					      MPI_PROC_NULL, 0, source(tag),
					      tag, comm, &r[i]);
		else if (how == REPLACE)
			MPI_Isendrecv(in[1], 0, MPI_CHAR, MPI_PROC_NULL, 0,
				      in[i], MOST, MPI_CHAR, source(tag), tag,
				      comm, &r[i]);
#else
		if (how == REPLACE)
			MPI_Irecv(in[i], MOST, MPI_CHAR, source(tag), tag, comm,
				  &r[i]);
#endif
		if (how == IMRECV || how == IMRECV_EARLY)
			MPI_Imrecv(in[i], MOST, MPI_CHAR, &early[tag], &r[i]);
	}
	if (how == STARTALL)
		MPI_Startall(EACH, r);
}

static void complete_one(int how, MPI_Request *r, MPI_Status *st)
{
	int flag = 0;

	if (how == 0)
		MPI_Wait(r, st);
	while (how == 1 && !flag)
		MPI_Test(r, &flag, st);
	while (how == 2 && !flag)
		MPI_Request_get_status(*r, &flag, st);
	if (how == 2)
		MPI_Wait(r, MPI_STATUS_IGNORE);
}

/* One or some of those left; how many, which and their statuses. */
static int complete_some(int how, MPI_Request *r, int *which, MPI_Status *st)
{
	int n = 1, flag = 1;

	if (how == 5)
		MPI_Waitany(EACH + 1, r, which, st);
	else if (how == 6)
		MPI_Testany(EACH + 1, r, which, &flag, st);
	else if (how == 7)
		MPI_Waitsome(EACH + 1, r, &n, which, st);
	else
		MPI_Testsome(EACH + 1, r, &n, which, st);
	return flag ? n : 0;
}

static void complete(int how, MPI_Request *r, MPI_Status *st)
{
	MPI_Status some[EACH + 1];
	int i, n, left, flag = 0, which[EACH + 1];

	memcpy(some, st, sizeof(some));
	for (i = 0; how < 3 && i < EACH; i++)
		complete_one(how, &r[i], &st[i]);
	if (how == 3)
		MPI_Waitall(EACH + 1, r, st);
	while (how == 4 && !flag)
		MPI_Testall(EACH + 1, r, &flag, st);
	for (left = EACH; how > 4 && left > 0; left -= n) {
		n = complete_some(how, r, which, some);
		CHECK(n <= left && n >= how % 2);
		for (i = 0; i < n; i++)
			st[which[i]] = some[i];
	}
}

static void take(enum start how, int end)
{
	int i, first = ((int)how * ENDS + end) * EACH;
	MPI_Request r[EACH + 1];
	MPI_Status st[EACH + 1];

	for (i = 0; i <= EACH; i++)
		st[i].MPI_ERROR = UNTOUCHED;
	r[EACH] = MPI_REQUEST_NULL;
	start(how, first, r);
	complete(end, r, st);
	for (i = 0; i < EACH; i++) {
		verify(&st[i], first + i);
		check_same(in[i], (size_t)length(first + i),
			   (unsigned long)(from + first + i));
		CHECK(r[i] == persistent[first + i]);
	}
}

static void round_of(void)
{
	MPI_Request r[N];
	int i;

	for (i = 0; i < N; i++)
		MPI_Isend(out[i], length(i), MPI_CHAR, to, i, comm, &r[i]);
	for (i = 0; i < ENDS * EACH; i++)
		match(IMRECV_EARLY * ENDS * EACH + i);
	check_sleep(0.6);
	for (i = 0; i < STARTS * ENDS; i++)
		take((enum start)(i % STARTS), i / STARTS);
	MPI_Waitall(N, r, MPI_STATUSES_IGNORE);
}

int main(int argc, char **argv)
{
	int i, how;

	check_start(argc, argv);
	to = (check.rank + 1) % check.size;
	from = (check.rank + check.size - 1) % check.size;
	MPI_Comm_dup(MPI_COMM_WORLD, &comm);
	for (i = 0; i < N; i++) {
		check_fill(out[i], MOST, (unsigned long)(check.rank + i));
		persistent[i] = MPI_REQUEST_NULL;
		how = i / EACH / ENDS;
		if (how == START || how == STARTALL)
			MPI_Recv_init(in[i % EACH], MOST, MPI_CHAR, source(i),
				      i, comm, &persistent[i]);
	}
	while (check_more())
		round_of();
	for (i = 0; i < N; i++)
		if (persistent[i] != MPI_REQUEST_NULL)
			MPI_Request_free(&persistent[i]);
	MPI_Comm_free(&comm);
	return check_pass();
}
