/* SPDX-License-Identifier: MIT */
/* file_mapped.c - shared and private mappings of files keep their contents,
 * also where that is zeros by now */
/* test: ranks=1 mpi=none threads=1 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>
#include "check.h"

enum { SIZE = 1 << 16 };

static char *map_file(const char *name, int flags)
{
	int fd = open(name, O_RDWR | O_CREAT, 0600);
	char *p;

	CHECK(fd >= 0);
	CHECK_EQ(ftruncate(fd, SIZE), 0);
	p = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, flags, fd, 0);
	CHECK(p != MAP_FAILED);
	close(fd);
	return p;
}

int main(int argc, char **argv)
{
	char *own, *shared, *zeros, in[100];
	int fd, i;

	check_args(argc, argv);
	shared = map_file("shared.data", MAP_SHARED);
	own = map_file("private.data", MAP_PRIVATE);
	zeros = map_file("zeros.data", MAP_SHARED);
	fd = open("shared.data", O_RDONLY);
	while (check_more()) {
		check_fill(shared, SIZE, (unsigned long)check.round);
		check_fill(own, SIZE, (unsigned long)check.round + 9);
		check_sleep(0.1);
		check_same(shared, SIZE, (unsigned long)check.round);
		check_same(own, SIZE, (unsigned long)check.round + 9);
		CHECK_EQ(pread(fd, in, sizeof(in), 0), sizeof(in));
		check_same(in, sizeof(in), (unsigned long)check.round);
		memset(zeros, 0, SIZE);
		check_sleep(0.1);
		for (i = 0; i < SIZE; i++)
			CHECK_EQ(zeros[i], 0);
		memset(zeros, 1, SIZE);
		check_sleep(0.2);
	}
	return check_pass();
}
