/* SPDX-License-Identifier: MIT */
/*
 * late_nomem.c - large messages on their way to a rank without memory for them
 *
 * A checkpoint that cannot keep them is refused; they must still arrive, in
 * order, by every way of receiving.
 */
/* test: ranks=2 ckpt=may */
#include <mpi.h>
#include <sys/resource.h>
#include "check.h"

enum { BYTES = 48 << 20, MESSAGES = 3 };
static char *in, *out[MESSAGES];

/* Whoever wants memory in these blocks must do with 40 MiB more. */
static void limit(void)
{
	unsigned long pages = 0;
	struct rlimit l;
	FILE *f = fopen("/proc/self/statm", "r");

	CHECK(f && fscanf(f, "%lu", &pages) == 1);
	fclose(f);
	getrlimit(RLIMIT_AS, &l);
	l.rlim_cur = pages * 4096 + (40UL << 20);
	CHECK_EQ(setrlimit(RLIMIT_AS, &l), 0);
}

static void unlimit(void)
{
	struct rlimit l;

	getrlimit(RLIMIT_AS, &l);
	l.rlim_cur = l.rlim_max;
	setrlimit(RLIMIT_AS, &l);
}

static void take(int tag)
{
	MPI_Message m;
	MPI_Status st;
	int n;

	if (tag == 1) {
		MPI_Mprobe(0, tag, MPI_COMM_WORLD, &m, &st);
		MPI_Mrecv(in, BYTES, MPI_CHAR, &m, &st);
	} else {
		MPI_Recv(in, BYTES, MPI_CHAR, MPI_ANY_SOURCE, MPI_ANY_TAG,
			 MPI_COMM_WORLD, &st);
	}
	MPI_Get_count(&st, MPI_CHAR, &n);
	CHECK_EQ(st.MPI_TAG, tag);
	CHECK_EQ(n, BYTES - tag);
	check_same(in, 4096, (unsigned long)(check.round + tag));
}

static void round_of(void)
{
	MPI_Request r[MESSAGES];
	int i;

	if (check.rank == 0) {
		for (i = 0; i < MESSAGES; i++) {
			check_fill(out[i], 4096,
				   (unsigned long)(check.round + i));
			MPI_Isend(out[i], BYTES - i, MPI_CHAR, 1, i,
				  MPI_COMM_WORLD, &r[i]);
		}
		MPI_Waitall(MESSAGES, r, MPI_STATUSES_IGNORE);
		return;
	}
	limit();
	check_sleep(0.5);
	unlimit();
	for (i = 0; i < MESSAGES; i++)
		take(i);
}

int main(int argc, char **argv)
{
	int i;

	check_start(argc, argv);
	in = malloc(BYTES);
	memset(in, 0, BYTES);
	for (i = 0; i < MESSAGES; i++)
		out[i] = calloc(1, BYTES);
	while (check_more())
		round_of();
	return check_pass();
}
