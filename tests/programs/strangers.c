/* SPDX-License-Identifier: MIT */
/* strangers.c - what a program opens and maps by system call instructions that
 * are in no file: it has written them itself */
/* test: ranks=1 mpi=none threads=1 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include "check.h"

enum { SIZE = 1 << 16 };

typedef long system_call(long nr, long a, long b, long c, long d, long e,
			 long f);
static system_call *call;

static void write_code(void)
{
	static const unsigned char code[] = {
		0x48, 0x89, 0xf8,	      /* mov %rdi,%rax */
		0x48, 0x89, 0xf7,	      /* mov %rsi,%rdi */
		0x48, 0x89, 0xd6,	      /* mov %rdx,%rsi */
		0x48, 0x89, 0xca,	      /* mov %rcx,%rdx */
		0x4d, 0x89, 0xc2,	      /* mov %r8,%r10 */
		0x4d, 0x89, 0xc8,	      /* mov %r9,%r8 */
		0x4c, 0x8b, 0x4c, 0x24, 0x08, /* mov 8(%rsp),%r9 */
		0x0f, 0x05, 0xc3,	      /* syscall; ret */
	};
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(p != MAP_FAILED);
	memcpy(p, code, sizeof(code));
	CHECK_EQ(mprotect(p, 4096, PROT_READ | PROT_EXEC), 0);
	call = (system_call *)p;
}

/* Where nothing else is, so that a restart does not find its own there. */
static char *map(long at, int flags, int fd)
{
	char *p = (char *)call(SYS_mmap, at, SIZE, PROT_READ | PROT_WRITE,
			       flags, fd, 0);

	CHECK_EQ((long)p, at);
	return p;
}

int main(int argc, char **argv)
{
	int file, pair[2], memfd, high;
	char *own, *shared, *mapped, buf[100];

	check_args(argc, argv);
	write_code();
	file = (int)call(SYS_openat, AT_FDCWD, (long)"file",
			 O_RDWR | O_CREAT | O_TRUNC, 0600, 0, 0);
	CHECK(file >= 0);
	CHECK_EQ(call(SYS_pipe2, (long)pair, 0, 0, 0, 0, 0), 0);
	memfd = (int)call(SYS_memfd_create, (long)"m", 0, 0, 0, 0, 0);
	CHECK_EQ(ftruncate(memfd, SIZE), 0);
	high = (int)call(SYS_fcntl, file, F_DUPFD, 300, 0, 0, 0);
	CHECK_EQ(high, 300);
	own = map(0x600000000000, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	shared = map(0x600001000000, MAP_SHARED | MAP_ANONYMOUS, -1);
	mapped = map(0x600002000000, MAP_SHARED, memfd);
	while (check_more()) {
		unsigned long seed = (unsigned long)check.round;

		check_fill(own, SIZE, seed);
		check_fill(shared, SIZE, seed + 1);
		check_fill(mapped, SIZE, seed + 2);
		CHECK_EQ(lseek(file, (long)seed, SEEK_SET), seed);
		CHECK_EQ(write(pair[1], "pipe", 4), 4);
		check_sleep(0.1);
		check_same(own, SIZE, seed);
		check_same(shared, SIZE, seed + 1);
		check_same(mapped, SIZE, seed + 2);
		CHECK_EQ(pread(memfd, buf, sizeof(buf), 0), sizeof(buf));
		check_same(buf, sizeof(buf), seed + 2);
		CHECK_EQ(lseek(high, 0, SEEK_CUR), seed);
		CHECK_EQ(read(pair[0], buf, sizeof(buf)), 4);
	}
	return check_pass();
}
