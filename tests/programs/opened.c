/* SPDX-License-Identifier: MIT */
/* opened.c - descriptors stay open by whatever call they were opened */
/* test: ranks=1 mpi=none */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "check.h"

enum { OPEN, OPENAT, SYSCALL, STREAM, NO_CANCEL, DIRECTORY, WAYS };

static void check_open(const char *path, const int *fd)
{
	struct stat want, got;
	int i;

	for (i = 0; i < WAYS; i++) {
		CHECK_EQ(stat(i == DIRECTORY ? "/" : path, &want), 0);
		CHECK_EQ(fstat(fd[i], &got), 0);
		CHECK_EQ(got.st_ino, want.st_ino);
	}
}

int main(int argc, char **argv)
{
	FILE *f, *no_cancel;
	int fd[WAYS], i;
	DIR *d;

	check_args(argc, argv);
	while (check_more()) {
		fd[OPEN] = open(argv[0], O_RDONLY);
		fd[OPENAT] = openat(AT_FDCWD, argv[0], O_RDONLY);
		fd[SYSCALL] =
			(int)syscall(SYS_openat, AT_FDCWD, argv[0], O_RDONLY);
		f = fopen(argv[0], "r");
		no_cancel = fopen(argv[0], "rc");
		d = opendir("/");
		CHECK(f && no_cancel && d);
		fd[STREAM] = fileno(f);
		fd[NO_CANCEL] = fileno(no_cancel);
		fd[DIRECTORY] = dirfd(d);
		for (i = 0; i < 10000; i++)
			check_open(argv[0], fd);
		CHECK_EQ(fclose(f), 0);
		CHECK_EQ(fclose(no_cancel), 0);
		CHECK_EQ(closedir(d), 0);
		for (i = OPEN; i <= SYSCALL; i++)
			CHECK_EQ(close(fd[i]), 0);
	}
	return check_pass();
}
