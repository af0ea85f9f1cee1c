/* SPDX-License-Identifier: MIT */
/* memory.c - holds MIB mebibytes a rank; run by tests/bench/run
 *
 * usage: memory MIB FILE: every other 64 KiB stays zero, the rest is random.
 * Rank 0 appends a line to FILE every 20 ms, and ends when FILE.end exists.
 */
#include <mpi.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { STRIPE = 65536 };

static void fill(char *p, size_t len, uint64_t seed)
{
	uint64_t *w = (uint64_t *)p;
	size_t i;

	for (i = 0; i < len / 8; i++) {
		seed = seed * 6364136223846793005UL + 1442695040888963407UL;
		w[i] = (i * 8 / STRIPE) % 2 ? 0 : seed ^ seed >> 29;
	}
}

int main(int argc, char **argv)
{
	char end[4096];
	int rank, over = 0;
	size_t len;
	char *p;
	FILE *f;

	MPI_Init(&argc, &argv);
	MPI_Comm_rank(MPI_COMM_WORLD, &rank);
	if (argc < 3)
		MPI_Abort(MPI_COMM_WORLD, 2);
	len = (size_t)atol(argv[1]) << 20;
	if (len) {
		p = mmap(NULL, len, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (p == MAP_FAILED)
			MPI_Abort(MPI_COMM_WORLD, 3);
		fill(p, len, (uint64_t)rank);
	}
	snprintf(end, sizeof(end), "%s.end", argv[2]);
	while (!over) {
		if (rank == 0) {
			f = fopen(argv[2], "a");
			if (f) {
				fputs("here\n", f);
				fclose(f);
			}
			over = access(end, F_OK) == 0;
		}
		MPI_Bcast(&over, 1, MPI_INT, 0, MPI_COMM_WORLD);
		usleep(20000);
	}
	MPI_Finalize();
	return 0;
}
