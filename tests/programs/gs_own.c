/* SPDX-License-Identifier: MIT */
/* gs_own.c - a program that uses the GS register, as emulators do */
/* test: ranks=2 threads=3 */
#include <mpi.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include "check.h"

#define ARCH_SET_GS 0x1001
#define ARCH_GET_GS 0x1004

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

static void set_gs(const void *p, int by_instruction)
{
	if (by_instruction)
		__asm__ volatile("wrgsbase %0" : : "r"(p) : "memory");
	else
		CHECK_EQ(syscall(SYS_arch_prctl, ARCH_SET_GS, p), 0);
}

static uint64_t read_gs(void)
{
	uint64_t v;

	__asm__ volatile("mov %%gs:0, %0" : "=r"(v));
	return v;
}

static void use_mpi(void)
{
	int out = check.rank + 1, in = 0, other = 1 - check.rank;

	pthread_mutex_lock(&turn);
	MPI_Sendrecv(&out, 1, MPI_INT, other, 0, &in, 1, MPI_INT, other, 0,
		     MPI_COMM_WORLD, MPI_STATUS_IGNORE);
	pthread_mutex_unlock(&turn);
	CHECK_EQ(in, other + 1);
}

/* Each thread's GS leads to a block of its own, whatever it calls. */
static void *work(void *arg)
{
	int i, fast = getauxval(AT_HWCAP2) >> 1 & 1;
	uint64_t block[1] = { (uint64_t)(size_t)arg + 77 };

	for (i = 0; i < 40; i++) {
		if (i % 8 == 0)
			set_gs(block, fast && i % 16);
		CHECK_EQ(read_gs(), (size_t)arg + 77);
		use_mpi();
		CHECK_EQ(read_gs(), (size_t)arg + 77);
		usleep(500);
	}
	return arg;
}

int main(int argc, char **argv)
{
	pthread_t t[2];
	size_t i;
	int go_on;

	check_start_thread(argc, argv, MPI_THREAD_SERIALIZED);
	for (go_on = 1; go_on; go_on = check_more()) {
		for (i = 0; i < 2; i++)
			CHECK_EQ(pthread_create(&t[i], NULL, work, (void *)i),
				 0);
		use_mpi(); /* this thread leaves GS alone */
		if (check.rank == 0)
			work((void *)i);
		for (i = 0; i < 2; i++)
			CHECK_EQ(pthread_join(t[i], NULL), 0);
		if (check.rank == 1)
			work((void *)i);
	}
	return check_pass();
}
