/* SPDX-License-Identifier: MIT */
/* blocked_fifo.c - a thread waits in open for the other end of a FIFO */
/* test: ranks=1 mpi=none threads=2 ckpt=may begins=late */
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include "check.h"

static char name[64];

static void *reader(void *arg)
{
	int fd = open(name, O_RDONLY);
	char c = 0;

	CHECK(fd >= 0);
	CHECK_EQ(read(fd, &c, 1), 1);
	CHECK_EQ(c, 'x');
	CHECK_EQ(close(fd), 0);
	return arg;
}

int main(int argc, char **argv)
{
	pthread_t t;
	int fd;

	check_args(argc, argv);
	snprintf(name, sizeof(name), "fifo.%d", getpid());
	CHECK_EQ(mkfifo(name, 0600), 0);
	while (check_more()) {
		CHECK_EQ(pthread_create(&t, NULL, reader, NULL), 0);
		check_sleep(0.6);
		fd = open(name, O_WRONLY);
		CHECK(fd >= 0);
		CHECK_EQ(write(fd, "x", 1), 1);
		CHECK_EQ(close(fd), 0);
		CHECK_EQ(pthread_join(t, NULL), 0);
	}
	unlink(name);
	return check_pass();
}
