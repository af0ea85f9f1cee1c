/* SPDX-License-Identifier: MIT */
/* nonpie.c - a program linked at a fixed address, data and bss checked */
/* test: ranks=2 cflags=-no-pie,-fno-pie */
#include <mpi.h>
#include "check.h"

static int data[1000] = { 1, 2, 3 };
static int bss[100000];
static int (*const call)(const char *) = puts;

int main(int argc, char **argv)
{
	int sum, i;

	check_start(argc, argv);
	CHECK((unsigned long)&main < 0x10000000UL);
	CHECK((unsigned long)data < 0x10000000UL);
	CHECK(call == puts);
	while (check_more()) {
		for (i = 0; i < 100000; i++)
			bss[i]++;
		MPI_Allreduce(&data[1], &sum, 1, MPI_INT, MPI_SUM,
			      MPI_COMM_WORLD);
		CHECK_EQ(sum, 2 * check.size);
		CHECK_EQ(bss[0], check.round);
		CHECK_EQ(bss[99999], check.round);
	}
	CHECK(data[0] == 1 && data[2] == 3 && data[999] == 0);
	return check_pass();
}
