/* SPDX-License-Identifier: MIT */
/*
 * shm_ranks.c - memory that the ranks share without MPI, and one rank with
 * itself
 *
 * One segment keeps its name in /dev/shm, one is unlinked once all have mapped
 * it; a memfd is mapped twice by each rank. What one writes all see.
 */
/* test: ranks=2,4 libs=-lrt begins=late */
#define _GNU_SOURCE
#include <mpi.h>
#include <fcntl.h>
#include <sys/mman.h>
#include "check.h"

enum { EACH = 3 * 4096, MOST = 4 };

static char *map(int fd, size_t len)
{
	char *p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	CHECK(p != MAP_FAILED);
	return p;
}

static char *segment(char *name, int keep)
{
	size_t len = MOST * EACH;
	char *p;
	int fd;

	snprintf(name, 64, "/mana-test-%d-%d", getpid(), keep);
	MPI_Bcast(name, 64, MPI_CHAR, 0, MPI_COMM_WORLD);
	fd = shm_open(name, O_RDWR | O_CREAT, 0600);
	CHECK(fd >= 0 && ftruncate(fd, (off_t)len) == 0);
	p = map(fd, len);
	close(fd);
	MPI_Barrier(MPI_COMM_WORLD);
	if (!keep && check.rank == 0)
		CHECK_EQ(shm_unlink(name), 0);
	return p;
}

/* Every third round all is zero. */
static void put(char *p, int rank)
{
	if (check.round % 3)
		check_fill(p, EACH, (unsigned long)(check.round + rank));
	else
		memset(p, 0, EACH);
}

static void see(const char *p, int rank)
{
	int i;

	if (check.round % 3)
		check_same(p, EACH, (unsigned long)(check.round + rank));
	for (i = 0; i < EACH && check.round % 3 == 0; i++)
		CHECK_EQ(p[i], 0);
}

int main(int argc, char **argv)
{
	char *p[2], *twice[2], name[2][64];
	int i, r, fd;

	check_start(argc, argv);
	for (i = 0; i < 2; i++)
		p[i] = segment(name[i], i);
	fd = memfd_create("twice", 0);
	CHECK(fd >= 0 && ftruncate(fd, EACH) == 0);
	for (i = 0; i < 2; i++)
		twice[i] = map(fd, EACH);
	close(fd);
	while (check_more()) {
		for (i = 0; i < 2; i++)
			put(p[i] + check.rank * EACH, check.rank);
		put(twice[0], 9);
		MPI_Barrier(MPI_COMM_WORLD);
		check_sleep(0.1);
		for (i = 0; i < 2; i++)
			for (r = 0; r < check.size; r++)
				see(p[i] + r * EACH, r);
		see(twice[1], 9);
		MPI_Barrier(MPI_COMM_WORLD);
	}
	if (check.rank == 0)
		shm_unlink(name[1]);
	return check_pass();
}
