/* SPDX-License-Identifier: MIT */
/* calls.c - what single MPI calls cost; run by tests/bench/run, 2 ranks
 *
 * Rank 0 prints "name value" lines: nanoseconds a call, microseconds for
 * messages, GB/s, seconds, MB. The least of several rounds for what is short.
 */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 9, SIDE = 1024, SWEEPS = 150, BIG = 1 << 20 };

static int rank, size;
static char *big;
static volatile long sink;

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec * 1e-9;
}

static void tell(const char *name, double value)
{
	if (rank == 0)
		printf("%s %.6g\n", name, value);
}

/* Time of n calls of body, the least of ROUNDS, in units of 1/scale s each. */
#define BEST(name, n, scale, body)                                             \
	do {                                                                   \
		double best_ = 1e9, start_;                                    \
		for (int r_ = 0; r_ < ROUNDS; r_++) {                          \
			MPI_Barrier(MPI_COMM_WORLD);                           \
			start_ = now();                                        \
			for (int i_ = 0; i_ < (n); i_++) {                     \
				body;                                          \
			}                                                      \
			start_ = now() - start_;                               \
			best_ = start_ < best_ ? start_ : best_;               \
		}                                                              \
		tell(name, best_ / (n) * (scale));                             \
	} while (0)

static void local_calls(void)
{
	struct timespec ts;
	MPI_Datatype pair;
	MPI_Status st;
	int v;

	MPI_Type_contiguous(2, MPI_DOUBLE, &pair);
	MPI_Type_commit(&pair);
	MPI_Sendrecv(&sink, 8, MPI_BYTE, rank, 0, big, 8, MPI_BYTE, rank, 0,
		     MPI_COMM_WORLD, &st);
	BEST("MPI_Is_thread_main", 200000, 1e9, MPI_Is_thread_main(&v));
	BEST("MPI_Comm_rank", 200000, 1e9, MPI_Comm_rank(MPI_COMM_WORLD, &v));
	BEST("MPI_Comm_size", 200000, 1e9, MPI_Comm_size(MPI_COMM_WORLD, &v));
	BEST("MPI_Type_size", 200000, 1e9, MPI_Type_size(pair, &v));
	BEST("MPI_Get_count", 200000, 1e9, MPI_Get_count(&st, MPI_BYTE, &v));
	BEST("MPI_Wtime", 200000, 1e9, sink += MPI_Wtime() > 0);
	BEST("clock_gettime", 200000, 1e9, clock_gettime(CLOCK_REALTIME, &ts));
	MPI_Type_free(&pair);
}

static void ping(int bytes)
{
	MPI_Comm w = MPI_COMM_WORLD;

	if (rank == 0) {
		MPI_Send(big, bytes, MPI_BYTE, 1, 0, w);
		MPI_Recv(big, bytes, MPI_BYTE, 1, 0, w, MPI_STATUS_IGNORE);
	} else if (rank == 1) {
		MPI_Recv(big, bytes, MPI_BYTE, 0, 0, w, MPI_STATUS_IGNORE);
		MPI_Send(big, bytes, MPI_BYTE, 0, 0, w);
	}
}

static void messages(void)
{
	double in = rank, out;

	BEST("ping-pong_8B", 20000, 0.5e6, ping(8));
	BEST("ping-pong_4KiB", 10000, 0.5e6, ping(4096));
	BEST("Allreduce_8B", 20000, 1e6,
	     MPI_Allreduce(&in, &out, 1, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD));
	BEST("half_round_1MiB", 200, 0.5e6, ping(BIG));
}

static void halo(double (*a)[SIDE + 2])
{
	int up = rank ? rank - 1 : MPI_PROC_NULL;
	int down = rank < size - 1 ? rank + 1 : MPI_PROC_NULL;
	MPI_Request r[4];

	MPI_Irecv(a[0], SIDE + 2, MPI_DOUBLE, up, 1, MPI_COMM_WORLD, &r[0]);
	MPI_Irecv(a[SIDE + 1], SIDE + 2, MPI_DOUBLE, down, 2, MPI_COMM_WORLD,
		  &r[1]);
	MPI_Isend(a[SIDE], SIDE + 2, MPI_DOUBLE, down, 1, MPI_COMM_WORLD,
		  &r[2]);
	MPI_Isend(a[1], SIDE + 2, MPI_DOUBLE, up, 2, MPI_COMM_WORLD, &r[3]);
	MPI_Waitall(4, r, MPI_STATUSES_IGNORE);
}

static double sweep(double (*to)[SIDE + 2], double (*from)[SIDE + 2])
{
	double change = 0, all;
	int i, j;

	for (i = 1; i <= SIDE; i++)
		for (j = 1; j <= SIDE; j++) {
			to[i][j] = 0.25 * (from[i - 1][j] + from[i + 1][j] +
					   from[i][j - 1] + from[i][j + 1]);
			change += to[i][j];
		}
	MPI_Allreduce(&change, &all, 1, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
	return all;
}

static void stencil(void)
{
	double(*grid[2])[SIDE + 2], best = 1e9, start;
	size_t bytes = sizeof(double[SIDE + 2][SIDE + 2]);
	int n, r;

	grid[0] = calloc(1, bytes);
	grid[1] = calloc(1, bytes);
	if (!grid[0] || !grid[1])
		MPI_Abort(MPI_COMM_WORLD, 1);
	grid[0][1][1] = 1;
	for (r = 0; r < 3; r++) {
		MPI_Barrier(MPI_COMM_WORLD);
		start = now();
		for (n = 0; n < SWEEPS; n++) {
			halo(grid[n % 2]);
			sink += sweep(grid[(n + 1) % 2], grid[n % 2]) > 0;
		}
		start = now() - start;
		best = start < best ? start : best;
	}
	tell("stencil", best);
	free(grid[0]);
	free(grid[1]);
}

/* Resident memory in MB: all of it, and what is not in files. */
static void memory(void)
{
	char line[128];
	FILE *f = fopen("/proc/self/status", "r");

	while (f && fgets(line, sizeof(line), f)) {
		if (!strncmp(line, "VmRSS:", 6))
			tell("resident", atof(line + 6) / 1024);
		else if (!strncmp(line, "RssAnon:", 8))
			tell("anonymous", atof(line + 8) / 1024);
	}
	if (f)
		fclose(f);
}

int main(int argc, char **argv)
{
	MPI_Init(&argc, &argv);
	MPI_Comm_rank(MPI_COMM_WORLD, &rank);
	MPI_Comm_size(MPI_COMM_WORLD, &size);
	big = calloc(1, BIG);
	if (!big)
		MPI_Abort(MPI_COMM_WORLD, 1);
	memory();
	local_calls();
	messages();
	stencil();
	free(big);
	MPI_Finalize();
	return 0;
}
