/* SPDX-License-Identifier: MIT */
/* own_fs.c - a program that moves its thread-local storage, as green threads do
 *
 * The copy is the main thread's whole block: the control block, which begins
 * with its own address, and all variables below it.
 */
/* test: ranks=2 */
#define _GNU_SOURCE
#include <mpi.h>
#include <link.h>
#include <stdint.h>
#include <sys/syscall.h>
#include "check.h"

#define ARCH_SET_FS 0x1002
#define ABOVE	    4096 /* more than sizeof(struct pthread) of any glibc */
#define SLACK	    4096 /* what the loader keeps for dlopen, and alignment */

static __thread int mine = 5;
static char copy[2][1 << 17] __attribute__((aligned(4096)));

/* Not inlined: the compiler keeps addresses in TLS over a call. */
static __attribute__((noinline)) int add(int n)
{
	return mine += n;
}

static int add_tls(struct dl_phdr_info *info, size_t size, void *arg)
{
	int i;

	(void)size;
	for (i = 0; i < info->dlpi_phnum; i++)
		if (info->dlpi_phdr[i].p_type == PT_TLS)
			*(size_t *)arg += info->dlpi_phdr[i].p_memsz +
					  info->dlpi_phdr[i].p_align;
	return 0;
}

static int readable(char *at)
{
	int fd[2], ok;

	CHECK_EQ(pipe(fd), 0);
	ok = write(fd[1], at, 1) == 1;
	close(fd[0]);
	close(fd[1]);
	return ok;
}

static void move_tls(char *to, size_t below)
{
	size_t above = ABOVE;
	char *self;

	__asm__("mov %%fs:16, %0" : "=r"(self));
	while (!readable(self - below))
		below -= 64;
	while (!readable(self + above - 1))
		above -= 64;
	memcpy(to - below, self - below, below + above);
	((char **)to)[0] = ((char **)to)[2] = to;
	CHECK_EQ(syscall(SYS_arch_prctl, ARCH_SET_FS, to), 0);
}

int main(int argc, char **argv)
{
	size_t below = SLACK;
	int out, in, which = 0;

	check_start(argc, argv);
	dl_iterate_phdr(add_tls, &below);
	CHECK(below + ABOVE < sizeof(copy[0]));
	do {
		out = add(2);
		move_tls(copy[which] + (below + 63) / 64 * 64, below);
		which = !which;
		CHECK_EQ(add(0), out);
		check_sleep(0.02);
		MPI_Sendrecv(&out, 1, MPI_INT, 1 - check.rank, 0, &in, 1,
			     MPI_INT, 1 - check.rank, 0, MPI_COMM_WORLD,
			     MPI_STATUS_IGNORE);
		CHECK_EQ(in, add(0));
	} while (check_more());
	return check_pass();
}
