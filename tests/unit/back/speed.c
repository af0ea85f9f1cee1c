/* SPDX-License-Identifier: MIT */
/* speed.c - the back's calls beside the native ones, in turn in one run
 *
 * Prints nanoseconds per round, native and ours: the least of several rounds.
 * No gate: what a crossing adds is measured elsewhere.
 */
#include "harness.h"

#define ROUNDS 15
#define TURNS  4000
#define W      SEAM_COMM_WORLD
#define B      SEAM_BYTE

static int me, other;
static char buf[8], in[8];

static void native_pingpong(void)
{
	if (me == 0) {
		MPI_Send(buf, 8, MPI_BYTE, 1, 0, MPI_COMM_WORLD);
		MPI_Recv(in, 8, MPI_BYTE, 1, 0, MPI_COMM_WORLD,
			 MPI_STATUS_IGNORE);
	} else {
		MPI_Recv(in, 8, MPI_BYTE, 0, 0, MPI_COMM_WORLD,
			 MPI_STATUS_IGNORE);
		MPI_Send(buf, 8, MPI_BYTE, 0, 0, MPI_COMM_WORLD);
	}
}

static void back_pingpong(void)
{
	if (me == 0) {
		back_Send(buf, 8, B, 1, 0, W);
		back_Recv(in, 8, B, 1, 0, W, SEAM_STATUS_IGNORE);
	} else {
		back_Recv(in, 8, B, 0, 0, W, SEAM_STATUS_IGNORE);
		back_Send(buf, 8, B, 0, 0, W);
	}
}

static void native_exchange(void)
{
	MPI_Request q[2];

	MPI_Irecv(in, 8, MPI_BYTE, other, 1, MPI_COMM_WORLD, &q[0]);
	MPI_Isend(buf, 8, MPI_BYTE, other, 1, MPI_COMM_WORLD, &q[1]);
	MPI_Waitall(2, q, MPI_STATUSES_IGNORE);
}

static void back_exchange(void)
{
	seam_request q[2];

	back_Irecv(in, 8, B, other, 1, W, &q[0]);
	back_Isend(buf, 8, B, other, 1, W, &q[1]);
	back_Waitall(2, q, SEAM_STATUSES_IGNORE);
}

static void native_sendrecv(void)
{
	MPI_Sendrecv(buf, 8, MPI_BYTE, other, 2, in, 8, MPI_BYTE, other, 2,
		     MPI_COMM_WORLD, MPI_STATUS_IGNORE);
}

static void back_sendrecv(void)
{
	back_Sendrecv(buf, 8, B, other, 2, in, 8, B, other, 2, W,
		      SEAM_STATUS_IGNORE);
}

/* To itself, no peer to wait for: what the calls themselves cost. */
static void native_self(void)
{
	MPI_Request q[2];

	MPI_Irecv(in, 8, MPI_BYTE, 0, 1, MPI_COMM_SELF, &q[0]);
	MPI_Isend(buf, 8, MPI_BYTE, 0, 1, MPI_COMM_SELF, &q[1]);
	MPI_Waitall(2, q, MPI_STATUSES_IGNORE);
}

static void back_to_self(void)
{
	seam_request q[2];

	back_Irecv(in, 8, B, 0, 1, SEAM_COMM_SELF, &q[0]);
	back_Isend(buf, 8, B, 0, 1, SEAM_COMM_SELF, &q[1]);
	back_Waitall(2, q, SEAM_STATUSES_IGNORE);
}

static double run(void (*f)(void))
{
	double t;
	int i;

	MPI_Barrier(MPI_COMM_WORLD);
	t = MPI_Wtime();
	for (i = 0; i < TURNS; i++)
		f();
	return (MPI_Wtime() - t) / TURNS * 1e9;
}

static void compare(const char *what, void (*native)(void), void (*ours)(void))
{
	double n = 1e18, o = 1e18, t;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		t = run(native);
		n = t < n ? t : n;
		t = run(ours);
		o = t < o ? t : o;
	}
	if (!me)
		printf("%-24s %8.0f %8.0f  %.3f\n", what, n, o, o / n);
}

int main(void)
{
	harness_start(SEAM_THREAD_SINGLE);
	me = init_rank;
	other = !me;
	compare("ping-pong 8 B", native_pingpong, back_pingpong);
	compare("Irecv+Isend+Waitall", native_exchange, back_exchange);
	compare("Sendrecv", native_sendrecv, back_sendrecv);
	compare("Irecv+Isend+Waitall self", native_self, back_to_self);
	harness_end();
	return 0;
}
