/* SPDX-License-Identifier: MIT */
/* fd_numbers.c - descriptors under numbers of the program's choice */
/* test: ranks=2 */
#define _GNU_SOURCE
#include <mpi.h>
#include <fcntl.h>
#include "check.h"

/* A number that is free: dup2 would take what MPI has, natively as well. */
static int put(int fd, int number)
{
	int to = fcntl(fd, F_DUPFD, number);

	CHECK(to >= number);
	return to;
}

int main(int argc, char **argv)
{
	static const int numbers[] = { 10, 50, 100, 101, 255, 500, 900 };
	enum { N = sizeof(numbers) / sizeof(numbers[0]) };
	int own[N], i, fd, sum;

	check_start(argc, argv);
	fd = open(argv[0], O_RDONLY);
	CHECK(fd >= 0);
	for (i = 0; i < N; i++)
		own[i] = put(fd, numbers[i]);
	close(fd);
	while (check_more()) {
		CHECK_EQ(lseek(own[0], check.round, SEEK_SET), check.round);
		MPI_Allreduce(&check.rank, &sum, 1, MPI_INT, MPI_SUM,
			      MPI_COMM_WORLD);
		CHECK_EQ(sum, check.size * (check.size - 1) / 2);
		check_sleep(0.05);
		for (i = 0; i < N; i++)
			CHECK_EQ(lseek(own[i], 0, SEEK_CUR), check.round);
	}
	return check_pass();
}
