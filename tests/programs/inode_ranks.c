/* SPDX-License-Identifier: MIT */
/*
 * inode_ranks.c - files without a name that the ranks share, each in its way
 *
 * Of a file on a disk and of one in memory, one rank has a descriptor, one a
 * mapping of all, others mappings of their parts alone; what one writes all see
 * that can. The first page is everybody's.
 */
/* test: ranks=2,4 begins=late */
#define _GNU_SOURCE
#include <mpi.h>
#include <fcntl.h>
#include <sys/mman.h>
#include "check.h"

enum { PAGE = 4096, KINDS = 2, MOST = 8 };

static struct file {
	int fd;		   /* rank 0 */
	char *all;	   /* rank 1 */
	char *first, *own; /* page 0, page 1 + rank */
} file[KINDS];

static char *shm; /* to be removed at the end */

static int make(const char *name)
{
	int fd = open(name, O_RDWR | O_CREAT, 0600);

	CHECK(fd >= 0);
	CHECK_EQ(ftruncate(fd, MOST * PAGE + 100), 0);
	return fd;
}

static char *map(int fd, size_t len, off_t off)
{
	char *p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, off);

	CHECK(p != MAP_FAILED);
	return p;
}

static void start(struct file *f, int in_memory)
{
	char name[64], other[70];

	snprintf(name, sizeof(name), "%smana-test-%d",
		 in_memory ? "/dev/shm/" : "", getpid());
	MPI_Bcast(name, sizeof(name), MPI_CHAR, 0, MPI_COMM_WORLD);
	snprintf(other, sizeof(other), "%s.new", name);
	if (check.rank == 0)
		close(make(other));
	f->fd = make(name);
	if (check.rank == 1)
		f->all = map(f->fd, MOST * PAGE, 0);
	f->first = map(f->fd, PAGE, 0);
	f->own = map(f->fd, PAGE, (1 + check.rank) * PAGE);
	MPI_Barrier(MPI_COMM_WORLD);
	if (check.rank == 0) {
		/* A name there is: a checkpoint may have seen it. */
		CHECK_EQ(rename(other, name), 0);
		if (in_memory)
			shm = strdup(name);
	} else {
		close(f->fd);
	}
}

static void put(const struct file *f, unsigned long seed)
{
	if (check.rank == check.size - 1)
		check_fill(f->first, PAGE, seed);
	check_fill(f->own, PAGE, seed + 1 + (unsigned long)check.rank);
}

static void see(const struct file *f, unsigned long seed)
{
	static char buf[PAGE];
	int r;

	check_same(f->first, PAGE, seed);
	check_same(f->own, PAGE, seed + 1 + (unsigned long)check.rank);
	for (r = 0; r < check.size; r++) {
		if (check.rank == 1)
			check_same(f->all + (1 + r) * PAGE, PAGE,
				   seed + 1 + (unsigned long)r);
		if (check.rank != 0)
			continue;
		CHECK_EQ(pread(f->fd, buf, PAGE, (1 + r) * PAGE), PAGE);
		check_same(buf, PAGE, seed + 1 + (unsigned long)r);
	}
	if (check.rank == 0)
		CHECK_EQ(lseek(f->fd, 0, SEEK_END), MOST * PAGE + 100);
}

int main(int argc, char **argv)
{
	int i;

	check_start(argc, argv);
	for (i = 0; i < KINDS; i++)
		start(&file[i], i);
	while (check_more()) {
		unsigned long seed = (unsigned long)check.round * 10;

		for (i = 0; i < KINDS; i++)
			put(&file[i], seed + (unsigned long)i);
		MPI_Barrier(MPI_COMM_WORLD);
		check_sleep(0.1);
		for (i = 0; i < KINDS; i++)
			see(&file[i], seed + (unsigned long)i);
		MPI_Barrier(MPI_COMM_WORLD);
	}
	if (shm)
		unlink(shm);
	return check_pass();
}
