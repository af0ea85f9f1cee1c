/* SPDX-License-Identifier: MIT */
/*
 * many_files.c - 1,500 open files of a program that raised its own limit, and
 * checkpoints that do not take long for it
 */
/* test: ranks=1 mpi=none threads=1 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/resource.h>
#include "check.h"

enum { FILES = 1500, OFFSETS = 7 };

int main(int argc, char **argv)
{
	struct rlimit l;
	int fd[FILES], i;
	char name[32];

	check_args(argc, argv);
	CHECK_EQ(getrlimit(RLIMIT_NOFILE, &l), 0);
	l.rlim_cur = l.rlim_max < 4096 ? l.rlim_max : 4096;
	CHECK_EQ(setrlimit(RLIMIT_NOFILE, &l), 0);
	for (i = 0; i < FILES; i++) {
		snprintf(name, sizeof(name), "file-%d", i % 2 ? i : 0);
		fd[i] = open(name, O_RDWR | O_CREAT, 0600);
		CHECK(fd[i] >= 0);
		CHECK_EQ(lseek(fd[i], i % OFFSETS, SEEK_SET), i % OFFSETS);
	}
	CHECK_EQ(dup2(fd[5], 3000), 3000);
	while (check_more()) {
		check_sleep(0.1);
		for (i = 0; i < FILES; i++)
			CHECK_EQ(lseek(fd[i], 0, SEEK_CUR), i % OFFSETS);
		CHECK_EQ(lseek(3000, 0, SEEK_CUR), 5);
		i = open("one more", O_RDWR | O_CREAT, 0600);
		CHECK(i >= 0);
		close(i);
	}
	return check_pass();
}
