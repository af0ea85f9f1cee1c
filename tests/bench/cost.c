/* SPDX-License-Identifier: MIT */
/* cost.c - what single calls cost with one rank; run by tests/bench/run
 *
 * usage: cost
 * "name<TAB>ns" lines, the best of several batches each
 *
 * usage: cost count
 * names only; each call once between two int3, for a tracer that counts its
 * instructions (steps.c) and that is waited for
 *
 * MPI_COMM_SELF and MPI_PROC_NULL: no other processor takes part.
 */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BATCHES = 15, CALLS = 20000, WARM = 100, PATIENCE_S = 60 };

static int counting;

static double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void mark(void)
{
	__asm__ volatile("int3" ::: "memory");
}

static int traced(void)
{
	FILE *f = fopen("/proc/self/status", "r");
	char line[128];
	int pid = 0;

	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, "TracerPid:", 10))
			pid = (int)strtol(line + 10, NULL, 10);
	if (f)
		fclose(f);
	return pid;
}

static void wait_tracer(void)
{
	int ms;

	printf("pid\t%d\n", (int)getpid());
	fflush(stdout);
	for (ms = 0; !traced(); ms++) {
		if (ms >= PATIENCE_S * 1000)
			exit(1);
		usleep(1000);
	}
}

#define COST(name, calls, code)                                                \
	do {                                                                   \
		double best_ = 1e99, took_;                                    \
		int k_, i_;                                                    \
		for (i_ = 0; i_ < WARM; i_++) {                                \
			code;                                                  \
		}                                                              \
		if (counting) {                                                \
			mark();                                                \
			code;                                                  \
			mark();                                                \
		}                                                              \
		for (k_ = 0; !counting && k_ < BATCHES; k_++) {                \
			took_ = now_ns();                                      \
			for (i_ = 0; i_ < (calls); i_++) {                     \
				code;                                          \
			}                                                      \
			took_ = (now_ns() - took_) / (calls);                  \
			best_ = took_ < best_ ? took_ : best_;                 \
		}                                                              \
		printf("%s\t%.1f\n", name, counting ? 0 : best_);              \
	} while (0)

static void messages(MPI_Comm s)
{
	MPI_Request q[2];
	MPI_Status st[2];
	int x = 1, y, flag;

	COST("Send", CALLS, MPI_Send(&x, 1, MPI_INT, MPI_PROC_NULL, 0, s));
	COST("Recv", CALLS, MPI_Recv(&x, 1, MPI_INT, MPI_PROC_NULL, 0, s, st));
	COST("Iprobe", CALLS, MPI_Iprobe(MPI_ANY_SOURCE, 0, s, &flag, st));
	COST("Irecv + Isend + Waitall", CALLS,
	     (MPI_Irecv(&y, 1, MPI_INT, 0, 0, s, &q[0]),
	      MPI_Isend(&x, 1, MPI_INT, 0, 0, s, &q[1]),
	      MPI_Waitall(2, q, st)));
	COST("Irecv + Send + Wait", CALLS,
	     (MPI_Irecv(&y, 1, MPI_INT, 0, 0, s, &q[0]),
	      MPI_Send(&x, 1, MPI_INT, 0, 0, s), MPI_Wait(&q[0], st)));
	COST("Isend + Recv + Wait", CALLS,
	     (MPI_Isend(&x, 1, MPI_INT, 0, 0, s, &q[0]),
	      MPI_Recv(&y, 1, MPI_INT, 0, 0, s, st), MPI_Wait(&q[0], st)));
	COST("Sendrecv", CALLS,
	     MPI_Sendrecv(&x, 1, MPI_INT, 0, 0, &y, 1, MPI_INT, 0, 0, s, st));
}

static void collectives(MPI_Comm s)
{
	MPI_Request q;
	int x = 1, y;

	COST("Barrier", CALLS, MPI_Barrier(s));
	COST("Bcast", CALLS, MPI_Bcast(&x, 1, MPI_INT, 0, s));
	COST("Allreduce", CALLS, MPI_Allreduce(&x, &y, 1, MPI_INT, MPI_SUM, s));
	COST("Ibarrier + Wait", CALLS / 4,
	     (MPI_Ibarrier(s, &q), MPI_Wait(&q, MPI_STATUS_IGNORE)));
}

static void objects(MPI_Comm s)
{
	MPI_Datatype t;
	MPI_Group g;
	MPI_Comm c;

	COST("Type_vector + commit + free", CALLS / 10,
	     (MPI_Type_vector(3, 1, 2, MPI_INT, &t), MPI_Type_commit(&t),
	      MPI_Type_free(&t)));
	COST("Comm_group + free", CALLS / 10,
	     (MPI_Comm_group(s, &g), MPI_Group_free(&g)));
	COST("Comm_dup + free", CALLS / 100,
	     (MPI_Comm_dup(s, &c), MPI_Comm_free(&c)));
}

int main(int argc, char **argv)
{
	MPI_Init(&argc, &argv);
	counting = argc > 1 && !strcmp(argv[1], "count");
	if (counting)
		wait_tracer();
	messages(MPI_COMM_SELF);
	collectives(MPI_COMM_SELF);
	objects(MPI_COMM_SELF);
	MPI_Finalize();
	return 0;
}
