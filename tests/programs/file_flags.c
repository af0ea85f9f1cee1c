/* SPDX-License-Identifier: MIT */
/*
 * file_flags.c - what an open file has beside its contents
 *
 * Flags, owner and signal, close-on-exec; who shares an open file with whom; a
 * counter's kind; pipes: their size, whether they keep writes apart, ends that
 * are closed, a FIFO; the size and seals of a memfd. Its directory is removed.
 */
/* test: ranks=1 mpi=none threads=1 begins=late */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include "check.h"

static int file, twin, other, appending, counter, big[2], packets[2], eof,
	broken, fifo[2], sealed, inherited_stream;
static char *sealed_map;
static volatile sig_atomic_t told;

static void tell(int sig)
{
	(void)sig;
	told++;
}

static void start_files(void)
{
	file = open("file", O_RDWR | O_CREAT | O_TRUNC, 0600);
	CHECK_EQ(write(file, "0123456789", 10), 10);
	twin = dup(file);
	other = open("file", O_RDONLY | O_CLOEXEC | O_NOATIME);
	appending = open("file", O_WRONLY | O_APPEND | O_NONBLOCK | O_SYNC);
	CHECK(twin >= 0 && other >= 0 && appending >= 0);
	CHECK_EQ(fcntl(twin, F_SETFD, FD_CLOEXEC), 0);
	counter = eventfd(3, EFD_SEMAPHORE | EFD_NONBLOCK);
	inherited_stream = dup(1);
}

static void start_pipes(void)
{
	int p[2];

	CHECK_EQ(pipe(big), 0);
	CHECK_EQ(fcntl(big[1], F_SETPIPE_SZ, 1 << 18), 1 << 18);
	CHECK_EQ(fcntl(big[0], F_SETSIG, SIGUSR1), 0);
	CHECK_EQ(fcntl(big[0], F_SETOWN, getpid()), 0);
	CHECK_EQ(fcntl(big[0], F_SETFL, O_NONBLOCK | O_ASYNC), 0);
	CHECK_EQ(pipe2(packets, O_DIRECT), 0);
	CHECK_EQ(pipe(p), 0);
	CHECK_EQ(write(p[1], "rest", 4), 4);
	CHECK_EQ(close(p[1]), 0);
	eof = p[0];
	CHECK_EQ(pipe(p), 0);
	CHECK_EQ(close(p[0]), 0);
	broken = p[1];
	CHECK_EQ(mkfifo("fifo", 0600), 0);
	fifo[0] = open("fifo", O_RDONLY | O_NONBLOCK);
	fifo[1] = open("fifo", O_WRONLY);
	CHECK(fifo[0] >= 0 && fifo[1] >= 0);
}

static void start_sealed(void)
{
	sealed = memfd_create("sealed", MFD_ALLOW_SEALING);
	CHECK_EQ(write(sealed, "sealed", 6), 6);
	CHECK_EQ(fchmod(sealed, 0440), 0);
	CHECK_EQ(fcntl(sealed, F_ADD_SEALS,
		       F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW),
		 0);
	sealed_map = mmap(NULL, 4096, PROT_READ, MAP_SHARED, sealed, 0);
	CHECK(sealed_map != MAP_FAILED);
}

/* The directory it is in is removed. */
static void start_nowhere(void)
{
	CHECK_EQ(mkdir("here", 0700), 0);
	CHECK_EQ(chdir("here"), 0);
	CHECK_EQ(rmdir("../here"), 0);
}

static void see_nowhere(void)
{
	char path[4096];
	struct stat st;

	CHECK_EQ(stat(".", &st), 0);
	CHECK(S_ISDIR(st.st_mode));
	CHECK(!getcwd(path, sizeof(path)));
	CHECK_EQ(open("x", O_WRONLY | O_CREAT, 0600), -1);
	CHECK_EQ(errno, ENOENT);
}

static void see_files(void)
{
	const int set = O_APPEND | O_NONBLOCK | O_NOATIME | O_SYNC | O_DSYNC;
	uint64_t v;

	CHECK_EQ(fcntl(file, F_GETFL) & (O_ACCMODE | set), O_RDWR);
	CHECK_EQ(fcntl(other, F_GETFL) & (O_ACCMODE | set), O_NOATIME);
	CHECK_EQ(fcntl(appending, F_GETFL) & (O_ACCMODE | set),
		 O_WRONLY | O_APPEND | O_NONBLOCK | O_SYNC);
	CHECK_EQ(fcntl(file, F_GETFD), 0);
	CHECK_EQ(fcntl(twin, F_GETFD), FD_CLOEXEC);
	CHECK_EQ(fcntl(other, F_GETFD), FD_CLOEXEC);
	CHECK_EQ(lseek(file, check.round % 10, SEEK_SET), check.round % 10);
	CHECK_EQ(lseek(twin, 0, SEEK_CUR), check.round % 10);
	CHECK_EQ(read(counter, &v, sizeof(v)), 8);
	CHECK_EQ(v, 1);
	CHECK_EQ(write(counter, &v, sizeof(v)), 8);
	CHECK(fcntl(counter, F_GETFL) & O_NONBLOCK);
	CHECK_EQ(fcntl(inherited_stream, F_GETFL), fcntl(1, F_GETFL));
}

static void see_pipes(void)
{
	struct pollfd p[2] = { { eof, POLLIN, 0 }, { broken, POLLOUT, 0 } };
	char buf[64];

	CHECK_EQ(fcntl(big[0], F_GETPIPE_SZ), 1 << 18);
	CHECK(fcntl(big[0], F_GETFL) & O_NONBLOCK);
	CHECK(!(fcntl(big[1], F_GETFL) & O_NONBLOCK));
	told = 0;
	CHECK_EQ(write(big[1], "x", 1), 1);
	CHECK_EQ(told, 1);
	CHECK_EQ(read(big[0], buf, 1), 1);
	CHECK(fcntl(packets[1], F_GETFL) & O_DIRECT);
	CHECK_EQ(read(packets[0], buf, sizeof(buf)), 3);
	CHECK_EQ(memcmp(buf, "one", 3), 0);
	CHECK_EQ(read(packets[0], buf, 2), 2); /* the rest of it is lost */
	CHECK_EQ(read(packets[0], buf, sizeof(buf)), 5);
	CHECK_EQ(memcmp(buf, "three", 5), 0);
	CHECK_EQ(read(fifo[0], buf, sizeof(buf)), 4);
	CHECK_EQ(memcmp(buf, "fifo", 4), 0);
	CHECK_EQ(read(fifo[0], buf, sizeof(buf)), -1);
	CHECK_EQ(errno, EAGAIN);
	CHECK_EQ(poll(p, 2, 0), 2);
	CHECK_EQ(p[0].revents & (POLLIN | POLLHUP), POLLIN | POLLHUP);
	CHECK(p[1].revents & POLLERR);
}

static void see_sealed(void)
{
	struct stat st;

	CHECK_EQ(memcmp(sealed_map, "sealed", 6), 0);
	CHECK_EQ(write(sealed, "x", 1), -1);
	CHECK_EQ(errno, EPERM);
	CHECK_EQ(ftruncate(sealed, 100), -1);
	CHECK_EQ(fcntl(sealed, F_GET_SEALS),
		 F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW);
	CHECK_EQ(fstat(sealed, &st), 0);
	CHECK_EQ(st.st_mode & 0777, 0440);
	CHECK_EQ(st.st_size, 6);
}

int main(int argc, char **argv)
{
	check_args(argc, argv);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGUSR1, tell);
	start_files();
	start_pipes();
	start_sealed();
	start_nowhere();
	while (check_more()) {
		CHECK_EQ(write(packets[1], "one", 3), 3);
		CHECK_EQ(write(packets[1], "second", 6), 6);
		CHECK_EQ(write(packets[1], "three", 5), 5);
		CHECK_EQ(write(fifo[1], "fifo", 4), 4);
		check_sleep(0.1);
		see_files();
		see_pipes();
		see_sealed();
		see_nowhere();
	}
	return check_pass();
}
