/* SPDX-License-Identifier: MIT */
/*
 * late_types.c - messages long sent, received as other types than they were
 * sent as: derived, packed, of parts, of nothing; replaced; from no process
 */
/* test: ranks=2,4 */
#include <stddef.h>
#include <mpi.h>
#include "check.h"

enum { N = 30, PARTIAL = 7, BIG = 60000 };
enum { WAYS = 11 };

struct record {
	char name[5];
	double value;
	int more[2];
};

static MPI_Datatype strided, record, pair, below;
static MPI_Comm comm;
static int from, to, ints[N], wide[3 * N], big[2][BIG];
static struct record records[N], got[N];
static char packed[N * sizeof(struct record)];

static void make_types(void)
{
	MPI_Datatype part[3] = { MPI_CHAR, MPI_DOUBLE, MPI_INT }, t;
	int length[3] = { 5, 1, 2 }, one = 1;
	MPI_Aint at[3] = { 0, offsetof(struct record, value),
			   offsetof(struct record, more) };

	MPI_Type_vector(N, 1, 3, MPI_INT, &strided);
	MPI_Type_create_struct(3, length, at, part, &t);
	MPI_Type_create_resized(t, 0, sizeof(struct record), &record);
	MPI_Type_free(&t);
	MPI_Type_contiguous(2, MPI_INT, &pair);
	MPI_Get_address(&wide[N], &at[0]);
	MPI_Type_create_hindexed(1, &one, at, strided, &below);
	MPI_Type_commit(&strided);
	MPI_Type_commit(&record);
	MPI_Type_commit(&pair);
	MPI_Type_commit(&below);
}

static void counts(const MPI_Status *st, int tag, MPI_Datatype t, int count,
		   int elements)
{
	MPI_Count large;
	int n, flag;

	CHECK_EQ(st->MPI_SOURCE, from);
	CHECK_EQ(st->MPI_TAG, tag);
	MPI_Get_count(st, t, &n);
	CHECK_EQ(n, count);
	MPI_Get_elements(st, t, &n);
	CHECK_EQ(n, elements);
	MPI_Get_elements_x(st, t, &large);
	CHECK_EQ(large, elements);
	MPI_Test_cancelled(st, &flag);
	CHECK(!flag);
}

static int value(int i)
{
	return from * 1000 + i + (int)check.round;
}

static void same_ints(const int *a, int step, int n)
{
	int i;

	for (i = 0; i < n; i++)
		CHECK_EQ(a[i * step], value(i));
}

static void same_records(void)
{
	int i;

	for (i = 0; i < N; i++) {
		CHECK(!memcmp(got[i].name, "name", 5));
		CHECK_EQ(got[i].value, value(i));
		CHECK_EQ(got[i].more[1], -value(i));
	}
}

/* A message into parts of buf; as much lies between them as before. */
static void take_strided(MPI_Status *st)
{
	memset(wide, -1, sizeof(wide));
	MPI_Recv(wide, 2, strided, MPI_ANY_SOURCE, 0, comm, st);
	counts(st, 0, strided, 1, N);
	same_ints(wide, 3, N);
	CHECK_EQ(wide[1], -1);
	CHECK_EQ(wide[3 * N - 1], -1);
}

static void take_absolute(MPI_Status *st)
{
	MPI_Message m;
	MPI_Request r;

	memset(wide, -1, sizeof(wide));
	MPI_Mprobe(from, 1, comm, &m, st);
	counts(st, 1, MPI_INT, PARTIAL, PARTIAL);
	MPI_Imrecv(MPI_BOTTOM, 1, below, &m, &r);
	MPI_Wait(&r, st);
	counts(st, 1, below, MPI_UNDEFINED, PARTIAL);
	same_ints(wide + N, 3, PARTIAL);
	CHECK_EQ(wide[N + 3 * PARTIAL], -1);
}

static void take_pairs(MPI_Status *st)
{
	MPI_Request r;

	ints[PARTIAL] = -1;
	MPI_Irecv(ints, N / 2, pair, MPI_ANY_SOURCE, 2, comm, &r);
	MPI_Wait(&r, st);
	counts(st, 2, pair, MPI_UNDEFINED, PARTIAL);
	same_ints(ints, 1, PARTIAL);
	CHECK_EQ(ints[PARTIAL], -1);
}

static void unpack(int size)
{
	int at = 0;

	memset(got, 0, sizeof(got));
	MPI_Unpack(packed, size, &at, got, N, record, comm);
	CHECK_EQ(at, size);
	same_records();
}

static void take_records(int tag, MPI_Status *st)
{
	int size;

	memset(got, 0, sizeof(got));
	if (tag == 3 || tag == 5) {
		MPI_Recv(got, N, record, from, tag, comm, st);
		counts(st, tag, record, N, N * 8);
		same_records();
	} else {
		MPI_Probe(from, tag, comm, st);
		MPI_Get_count(st, MPI_PACKED, &size);
		CHECK(size > 0 && size <= (int)sizeof(packed));
		MPI_Recv(packed, size, MPI_PACKED, from, tag, comm, st);
		counts(st, tag, MPI_PACKED, size, size);
		unpack(size);
	}
}

static void take_nothing(MPI_Status *st)
{
	MPI_Recv(NULL, 0, record, MPI_ANY_SOURCE, 7, comm, st);
	counts(st, 7, record, 0, 0);
	MPI_Sendrecv(ints, 0, MPI_INT, MPI_PROC_NULL, 0, got, N, record, from,
		     8, comm, st);
	counts(st, 8, strided, 0, 0);
}

/* The late message in exchange for one of now. */
static void take_replaced(MPI_Status *st)
{
	int i;

	for (i = 0; i < N; i++)
		wide[3 * i] = check.rank;
	MPI_Sendrecv_replace(wide, 1, strided, to, 20, from, 9, comm, st);
	counts(st, 9, strided, 1, N);
	same_ints(wide, 3, N);
	MPI_Recv(ints, N, MPI_INT, from, 20, comm, st);
	CHECK_EQ(ints[N - 1], from);
}

static void take_big(MPI_Status *st)
{
	int i;

	memset(big[1], 0, sizeof(big[1]));
	MPI_Recv(big[1], BIG / 2, pair, from, 10, comm, st);
	counts(st, 10, pair, BIG / 2, BIG);
	for (i = 0; i < BIG; i += 7)
		CHECK_EQ(big[1][i], from + i);
}

static void nobody(const MPI_Status *st)
{
	int count;

	CHECK_EQ(st->MPI_SOURCE, MPI_PROC_NULL);
	CHECK_EQ(st->MPI_TAG, MPI_ANY_TAG);
	MPI_Get_count(st, MPI_INT, &count);
	CHECK_EQ(count, 0);
}

/* Though messages wait. */
static void take_nobodys(MPI_Status *st)
{
	MPI_Message m;
	MPI_Request r;
	int flag;

	MPI_Recv(ints, N, MPI_INT, MPI_PROC_NULL, MPI_ANY_TAG, comm, st);
	nobody(st);
	MPI_Recv_init(ints, N, MPI_INT, MPI_PROC_NULL, 1, comm, &r);
	MPI_Start(&r);
	MPI_Wait(&r, MPI_STATUS_IGNORE); /* MPICH 4.0 does not fill it in */
	MPI_Request_free(&r);
	MPI_Iprobe(MPI_PROC_NULL, MPI_ANY_TAG, comm, &flag, st);
	CHECK(flag);
	nobody(st);
	MPI_Mprobe(MPI_PROC_NULL, 1, comm, &m, st);
	nobody(st);
	MPI_Mrecv(ints, N, MPI_INT, &m, st);
	nobody(st);
	MPI_Iprobe(MPI_ANY_SOURCE, 99, comm, &flag, st);
	CHECK(!flag);
}

static void send_all(int *out, char *bytes, int size, MPI_Request *r)
{
	MPI_Isend(out, N, MPI_INT, to, 0, comm, &r[0]);
	MPI_Isend(out, PARTIAL, MPI_INT, to, 1, comm, &r[1]);
	MPI_Isend(out, PARTIAL, MPI_INT, to, 2, comm, &r[2]);
	MPI_Isend(records, N, record, to, 3, comm, &r[3]);
	MPI_Isend(records, N, record, to, 4, comm, &r[4]);
	MPI_Isend(bytes, size, MPI_PACKED, to, 5, comm, &r[5]);
	MPI_Isend(bytes, size, MPI_PACKED, to, 6, comm, &r[6]);
	MPI_Isend(out, 0, MPI_INT, to, 7, comm, &r[7]);
	MPI_Isend(out, 0, strided, to, 8, comm, &r[8]);
	MPI_Isend(out, N, MPI_INT, to, 9, comm, &r[9]);
	MPI_Isend(big[0], BIG, MPI_INT, to, 10, comm, &r[10]);
}

static void receive_all(void)
{
	MPI_Status st;

	take_nobodys(&st);
	take_big(&st);
	take_absolute(&st);
	take_records(4, &st);
	take_records(3, &st);
	take_strided(&st);
	take_nothing(&st);
	take_records(6, &st);
	take_pairs(&st);
	take_records(5, &st);
	take_replaced(&st);
}

static void round_of(void)
{
	static char bytes[sizeof(packed)];
	int i, v, size = 0, out[N];
	MPI_Request r[WAYS];

	for (i = 0; i < N; i++) {
		v = out[i] = check.rank * 1000 + i + (int)check.round;
		records[i] = (struct record){ "name", v, { v, -v } };
	}
	for (i = 0; i < BIG; i++)
		big[0][i] = check.rank + i;
	MPI_Pack(records, N, record, bytes, sizeof(bytes), &size, comm);
	send_all(out, bytes, size, r);
	check_sleep(0.6);
	receive_all();
	MPI_Waitall(WAYS, r, MPI_STATUSES_IGNORE);
}

int main(int argc, char **argv)
{
	check_start(argc, argv);
	to = (check.rank + 1) % check.size;
	from = (check.rank + check.size - 1) % check.size;
	MPI_Comm_dup(MPI_COMM_WORLD, &comm);
	make_types();
	while (check_more())
		round_of();
	MPI_Type_free(&strided);
	MPI_Type_free(&record);
	MPI_Type_free(&pair);
	MPI_Type_free(&below);
	MPI_Comm_free(&comm);
	return check_pass();
}
