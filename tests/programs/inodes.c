/* SPDX-License-Identifier: MIT */
/*
 * inodes.c - a file without a name is one file, whatever leads to it
 *
 * Several descriptors and several mappings, whole and in part, of memfds, of
 * files that were removed and of shared anonymous memory; large ones with few
 * pages. What is written one way is read in all others.
 */
/* test: ranks=1 mpi=none threads=1 libs=-lrt begins=late */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include "check.h"

enum { PAGE = 4096, PAGES = 8, SIZE = PAGES * PAGE + 100, KINDS = 6 };
enum { MEMFD, SHM, REMOVED, TEMPORARY, READ_ONLY, SPARSE };

static const off_t far_off = (off_t)10 << 30;

static struct file {
	int a, b;		    /* two open files */
	char *whole, *part, *again; /* part: pages 2 and 3 */
} file[KINDS];

static char *map(int fd, size_t len, off_t off)
{
	char *p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, off);

	CHECK(p != MAP_FAILED);
	return p;
}

static int again(int fd, int flags)
{
	char link[64];
	int to;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	to = open(link, flags);
	CHECK(to >= 0);
	return to;
}

static int make(int kind)
{
	int fd = -1;

	switch (kind) {
	case MEMFD:
	case SPARSE:
		fd = memfd_create("a name", 0);
		break;
	case SHM:
		fd = shm_open("/mana-test-inodes", O_RDWR | O_CREAT, 0600);
		CHECK_EQ(shm_unlink("/mana-test-inodes"), 0);
		break;
	case REMOVED:
		fd = open("removed", O_RDWR | O_CREAT | O_EXCL, 0600);
		CHECK_EQ(unlink("removed"), 0);
		break;
	case TEMPORARY:
		fd = open(".", O_RDWR | O_TMPFILE, 0600);
		break;
	case READ_ONLY:
		fd = open("removed", O_RDWR | O_CREAT | O_EXCL, 0600);
		break;
	}
	CHECK(fd >= 0);
	CHECK_EQ(ftruncate(fd, kind == SPARSE ? far_off + SIZE : SIZE), 0);
	return fd;
}

/* Written through b and the mappings; a can only read, of one without a name
 * that nobody could open any more. */
static void open_read_only(struct file *f)
{
	f->a = open("removed", O_RDONLY);
	CHECK(f->a >= 0);
	CHECK_EQ(unlink("removed"), 0);
}

static void start(int kind)
{
	struct file *f = &file[kind];
	off_t at = kind == SPARSE ? far_off : 0;
	int fd = make(kind);

	f->whole = map(fd, PAGES * PAGE, at);
	f->again = map(fd, PAGES * PAGE, at);
	f->part = map(fd, 2 * PAGE, at + 2 * PAGE);
	f->b = fd;
	if (kind == READ_ONLY)
		open_read_only(f);
	else
		f->a = again(fd, O_RDWR | O_APPEND);
	CHECK_EQ(lseek(f->a, 17 + kind, SEEK_SET), 17 + kind);
}

static void write_one(int kind, unsigned long seed)
{
	struct file *f = &file[kind];
	char buf[100];

	check_fill(f->whole, PAGE, seed);
	check_fill(f->part, PAGE, seed + 1);
	check_fill(buf, sizeof(buf), seed + 2); /* beyond all mappings */
	CHECK_EQ(pwrite(f->b, buf, sizeof(buf),
			(kind == SPARSE ? far_off : 0) + PAGES * PAGE),
		 100);
}

static void read_one(int kind, unsigned long seed)
{
	off_t at = kind == SPARSE ? far_off : 0;
	struct file *f = &file[kind];
	static char buf[PAGE];
	struct stat st;

	check_same(f->again, PAGE, seed);
	check_same(f->whole + 2 * PAGE, PAGE, seed + 1);
	check_same(f->again + 2 * PAGE, PAGE, seed + 1);
	CHECK_EQ(pread(f->a, buf, PAGE, at), PAGE);
	check_same(buf, PAGE, seed);
	CHECK_EQ(pread(f->a, buf, 100, at + PAGES * PAGE), 100);
	check_same(buf, 100, seed + 2);
	CHECK_EQ(lseek(f->a, 0, SEEK_CUR), 17 + kind);
	CHECK_EQ(fstat(f->a, &st), 0);
	CHECK_EQ(st.st_size, at + SIZE);
	CHECK_EQ(st.st_nlink, 0);
	CHECK(st.st_blocks < 1024);
}

/* Shared memory without a file, of which a part is mapped once more. */
static char *anonymous[2];

static void start_anonymous(void)
{
	char *p = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	CHECK(p != MAP_FAILED);
	anonymous[0] = p;
	anonymous[1] = mremap(p + PAGE, 0, 2 * PAGE, MREMAP_MAYMOVE);
	CHECK(anonymous[1] != MAP_FAILED);
	CHECK_EQ(munmap(p + 3 * PAGE, PAGE), 0);
}

/* What is not mapped of a file that nothing else leads to is there all the
 * same: the mapping can be made longer. */
static char *first;

static void start_first(void)
{
	int fd = memfd_create("first", 0);

	CHECK_EQ(ftruncate(fd, 3 * PAGE), 0);
	first = map(fd, PAGE, 0);
	CHECK_EQ(close(fd), 0);
}

static void rest(int write, unsigned long seed)
{
	char *p = mremap(first, 0, 3 * PAGE, MREMAP_MAYMOVE);

	CHECK(p != MAP_FAILED);
	if (write)
		check_fill(p, 3 * PAGE, seed);
	else
		check_same(p, 3 * PAGE, seed);
	CHECK_EQ(munmap(p, 3 * PAGE), 0);
}

int main(int argc, char **argv)
{
	unsigned long seed;
	int i;

	check_args(argc, argv);
	for (i = 0; i < KINDS; i++)
		start(i);
	start_anonymous();
	start_first();
	while (check_more()) {
		seed = (unsigned long)check.round * 10;
		for (i = 0; i < KINDS; i++)
			write_one(i, seed + (unsigned long)i);
		check_fill(anonymous[0] + PAGE, 2 * PAGE, seed);
		rest(1, seed);
		check_sleep(0.1);
		for (i = 0; i < KINDS; i++)
			read_one(i, seed + (unsigned long)i);
		check_same(anonymous[1], 2 * PAGE, seed);
		rest(0, seed);
	}
	return check_pass();
}
