/* SPDX-License-Identifier: MIT */
/* end_busy.c - a rank waits for the others in exit while a thread of its own
 * goes on mapping and unmapping memory */
/* test: ranks=2 threads=2 */
#include <mpi.h>
#include <pthread.h>
#include <sys/mman.h>
#include "check.h"

#define BYTES (4UL << 20)

static void *busy(void *arg)
{
	for (;;) {
		unsigned char *p = mmap(NULL, BYTES, PROT_READ | PROT_WRITE,
					MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		CHECK(p != MAP_FAILED);
		check_fill(p, BYTES, 5);
		CHECK_EQ(munmap(p, BYTES), 0);
	}
	return arg;
}

int main(int argc, char **argv)
{
	pthread_t t;

	check_start_thread(argc, argv, MPI_THREAD_SERIALIZED);
	if (check.rank == 0) {
		CHECK_EQ(pthread_create(&t, NULL, busy, NULL), 0);
	} else {
		check_sleep(check.limit);
		puts("PASSED");
		fflush(stdout);
	}
	MPI_Finalize();
	return 0;
}
