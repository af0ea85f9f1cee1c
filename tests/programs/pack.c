/* SPDX-License-Identifier: MIT */
/* pack.c - packed messages, native and external32, across time and ranks */
/* test: ranks=2,4 */
#include <mpi.h>
#include "check.h"

static void send_packed(int to, MPI_Datatype column, const double *a,
			MPI_Request *r, char *buf, int room)
{
	int at = 0, n = (int)check.round;

	MPI_Pack(&n, 1, MPI_INT, buf, room, &at, MPI_COMM_WORLD);
	MPI_Pack(a, 1, column, buf, room, &at, MPI_COMM_WORLD);
	MPI_Pack("tail", 5, MPI_CHAR, buf, room, &at, MPI_COMM_WORLD);
	MPI_Isend(buf, at, MPI_PACKED, to, 3, MPI_COMM_WORLD, r);
}

static void receive_packed(int from, int room)
{
	char buf[1024], tail[5];
	double v[4];
	int n, at = 0, i, len;
	MPI_Status st;

	MPI_Recv(buf, room, MPI_PACKED, from, 3, MPI_COMM_WORLD, &st);
	MPI_Get_count(&st, MPI_PACKED, &len);
	MPI_Unpack(buf, len, &at, &n, 1, MPI_INT, MPI_COMM_WORLD);
	MPI_Unpack(buf, len, &at, v, 4, MPI_DOUBLE, MPI_COMM_WORLD);
	MPI_Unpack(buf, len, &at, tail, 5, MPI_CHAR, MPI_COMM_WORLD);
	CHECK_EQ(n, check.round);
	for (i = 0; i < 4; i++)
		CHECK(v[i] == 3 * i + from);
	CHECK_EQ(strcmp(tail, "tail"), 0);
	CHECK_EQ(at, len);
}

static void external(void)
{
	int in[3] = { 1, -2, 0x01020304 }, out[3];
	unsigned char buf[64];
	MPI_Aint at = 0, size;

	MPI_Pack_external_size("external32", 3, MPI_INT, &size);
	CHECK_EQ(size, 12);
	MPI_Pack_external("external32", in, 3, MPI_INT, buf, 64, &at);
	CHECK_EQ(at, 12);
	CHECK(buf[8] == 1 && buf[11] == 4);
	at = 0;
	MPI_Unpack_external("external32", buf, 12, &at, out, 3, MPI_INT);
	CHECK_EQ(memcmp(in, out, sizeof(in)), 0);
}

int main(int argc, char **argv)
{
	int i, to, from, room, more;
	MPI_Datatype column;
	double a[12];
	char buf[1024];
	MPI_Request r;

	check_start(argc, argv);
	to = (check.rank + 1) % check.size;
	from = (check.rank + check.size - 1) % check.size;
	MPI_Type_vector(4, 1, 3, MPI_DOUBLE, &column);
	MPI_Type_commit(&column);
	MPI_Pack_size(1, column, MPI_COMM_WORLD, &room);
	MPI_Pack_size(9, MPI_INT, MPI_COMM_WORLD, &more);
	CHECK(room >= 32 && room + more <= 1024);
	for (i = 0; i < 12; i++)
		a[i] = i + check.rank;
	while (check_more()) {
		send_packed(to, column, a, &r, buf, room + more);
		check_sleep(check.round % 8 ? 0 : 0.2);
		receive_packed(from, room + more);
		MPI_Wait(&r, MPI_STATUS_IGNORE);
		external();
	}
	MPI_Type_free(&column);
	return check_pass();
}
