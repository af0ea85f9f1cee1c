/* SPDX-License-Identifier: MIT */
/* p2p_modes.c - every send mode, blocking or not, into every receive */
/* test: ranks=2,4 */
#include <mpi.h>
#include "check.h"

enum { MODES = 8, RECEIVES = 4, LONGEST = 200000 };
static char out[LONGEST], in[LONGEST], attached[1 << 20];

static void send_mode(int mode, int len, int to, int tag)
{
	MPI_Request r = MPI_REQUEST_NULL;
	MPI_Comm w = MPI_COMM_WORLD;

	switch (mode) {
	case 0:
		MPI_Send(out, len, MPI_BYTE, to, tag, w);
		break;
	case 1:
		MPI_Ssend(out, len, MPI_BYTE, to, tag, w);
		break;
	case 2:
		MPI_Bsend(out, len, MPI_BYTE, to, tag, w);
		break;
	case 3:
		MPI_Rsend(out, len, MPI_BYTE, to, tag, w);
		break;
	case 4:
		MPI_Isend(out, len, MPI_BYTE, to, tag, w, &r);
		break;
	case 5:
		MPI_Issend(out, len, MPI_BYTE, to, tag, w, &r);
		break;
	case 6:
		MPI_Ibsend(out, len, MPI_BYTE, to, tag, w, &r);
		break;
	case 7:
		MPI_Irsend(out, len, MPI_BYTE, to, tag, w, &r);
		break;
	}
	MPI_Wait(&r, MPI_STATUS_IGNORE);
}

static int is_ready(int mode)
{
	return mode == 3 || mode == 7;
}

/* A ready send may start only once the receiver says it has posted. */
static void receive(int mode, int how, int from, int tag, MPI_Status *st)
{
	MPI_Comm w = MPI_COMM_WORLD;
	MPI_Request r;
	int flag = 0;

	if (how == 0 && !is_ready(mode)) {
		MPI_Recv(in, LONGEST, MPI_BYTE, from, tag, w, st);
		return;
	}
	MPI_Irecv(in, LONGEST, MPI_BYTE, how == 3 ? MPI_ANY_SOURCE : from, tag,
		  w, &r);
	if (is_ready(mode))
		MPI_Send(NULL, 0, MPI_BYTE, from, 99, w);
	if (how < 2)
		MPI_Wait(&r, st);
	else
		while (!flag)
			MPI_Test(&r, &flag, st);
	CHECK(r == MPI_REQUEST_NULL);
}

static void pair(int mode, int how, int len, int peer)
{
	int tag = mode * 10 + how, count;
	unsigned long seed = (unsigned long)(tag + check.round);
	MPI_Status st;

	if (check.rank % 2 == 0) {
		check_fill(out, (size_t)len, seed);
		if (is_ready(mode))
			MPI_Recv(NULL, 0, MPI_BYTE, peer, 99, MPI_COMM_WORLD,
				 MPI_STATUS_IGNORE);
		send_mode(mode, len, peer, tag);
		return;
	}
	receive(mode, how, peer, tag, &st);
	MPI_Get_count(&st, MPI_BYTE, &count);
	CHECK_EQ(st.MPI_SOURCE, peer);
	CHECK_EQ(st.MPI_TAG, tag);
	CHECK_EQ(count, len);
	check_same(in, (size_t)len, seed);
}

int main(int argc, char **argv)
{
	static const int lengths[] = { 0, 1, 1000, LONGEST };
	int mode, how, size = sizeof(attached);
	void *buffer;

	check_start(argc, argv);
	MPI_Buffer_attach(attached, size);
	while (check_more())
		for (mode = 0; mode < MODES; mode++)
			for (how = 0; how < RECEIVES; how++)
				pair(mode, how,
				     lengths[(mode + how + check.round) % 4],
				     check.rank ^ 1);
	MPI_Buffer_detach(&buffer, &size);
	CHECK(buffer == attached);
	CHECK_EQ(size, sizeof(attached));
	return check_pass();
}
