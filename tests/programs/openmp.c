/* SPDX-License-Identifier: MIT */
/* openmp.c - OpenMP teams compute, the main thread communicates (FUNNELED) */
/* test: ranks=2 threads=2 cflags=-fopenmp */
#include <mpi.h>
#include <omp.h>
#include "check.h"

enum { LEN = 200000 };

int main(int argc, char **argv)
{
	static double a[LEN];
	double sum, total, want;
	int i;

	check_start_thread(argc, argv, MPI_THREAD_FUNNELED);
	omp_set_num_threads(3);
	while (check_more()) {
		sum = 0;
#pragma omp parallel for schedule(dynamic, 1000)
		for (i = 0; i < LEN; i++)
			a[i] = i % 1000 + check.rank;
#pragma omp parallel for reduction(+ : sum)
		for (i = 0; i < LEN; i++)
			sum += a[i];
		MPI_Allreduce(&sum, &total, 1, MPI_DOUBLE, MPI_SUM,
			      MPI_COMM_WORLD);
		want = check.size * (LEN / 1000 * 499500.0) +
		       (double)LEN * check.size * (check.size - 1) / 2;
		CHECK(total == want);
#pragma omp parallel
		{
#pragma omp critical
			sum += omp_get_thread_num() + 1;
#pragma omp barrier
		}
		CHECK(sum == LEN / 1000 * 499500.0 + LEN * check.rank + 6);
	}
	return check_pass();
}
