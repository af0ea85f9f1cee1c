/* SPDX-License-Identifier: MIT */
/* blocked_fd.c - threads wait in read and epoll_wait for a pipe to fill */
/* test: ranks=1 mpi=none threads=3 ckpt=may */
#include <pthread.h>
#include <sys/epoll.h>
#include "check.h"

static int to_reader[2], to_poller[2];

static void *reader(void *arg)
{
	char c = 0;

	CHECK_EQ(read(to_reader[0], &c, 1), 1);
	CHECK_EQ(c, 'r');
	return arg;
}

static void *poller(void *arg)
{
	struct epoll_event e = { .events = EPOLLIN, .data = { .u64 = 77 } };
	int fd = epoll_create1(0);

	CHECK(fd >= 0);
	CHECK_EQ(epoll_ctl(fd, EPOLL_CTL_ADD, to_poller[0], &e), 0);
	e.data.u64 = 0;
	CHECK_EQ(epoll_wait(fd, &e, 1, -1), 1);
	CHECK_EQ(e.data.u64, 77);
	close(fd);
	CHECK_EQ(read(to_poller[0], &e, 1), 1);
	return arg;
}

int main(int argc, char **argv)
{
	pthread_t t[2];

	check_args(argc, argv);
	CHECK_EQ(pipe(to_reader), 0);
	CHECK_EQ(pipe(to_poller), 0);
	while (check_more()) {
		CHECK_EQ(pthread_create(&t[0], NULL, reader, NULL), 0);
		CHECK_EQ(pthread_create(&t[1], NULL, poller, NULL), 0);
		check_sleep(0.5);
		CHECK_EQ(write(to_reader[1], "r", 1), 1);
		CHECK_EQ(write(to_poller[1], "p", 1), 1);
		CHECK_EQ(pthread_join(t[0], NULL), 0);
		CHECK_EQ(pthread_join(t[1], NULL), 0);
	}
	return check_pass();
}
