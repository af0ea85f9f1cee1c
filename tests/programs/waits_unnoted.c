/* SPDX-License-Identifier: MIT */
/* waits_unnoted.c - waits the kernel ends with EINTR whatever SA_RESTART says
 *
 * No signal comes here, so none of them ever returns early; each is made after
 * a poll, whose number must not be taken for theirs.
 */
/* test: ranks=1 mpi=none threads=4 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include "check.h"

static struct timespec wait_for = { 0, 700000000 };
static volatile int over;

static void *selects(void *arg)
{
	while (!over) {
		poll(NULL, 0, 1);
		CHECK_EQ(pselect(0, NULL, NULL, NULL, &wait_for, NULL), 0);
	}
	return arg;
}

static void *futexes(void *arg)
{
	static int around[3];

	while (!over) {
		poll(NULL, 0, 1);
		CHECK_EQ(syscall(SYS_futex, &around[1], FUTEX_WAIT, 0,
				 &wait_for, NULL, 0),
			 -1);
		CHECK_EQ(errno, ETIMEDOUT);
		CHECK(!around[0] && !around[1] && !around[2]);
	}
	return arg;
}

int main(int argc, char **argv)
{
	pthread_t t[2];
	int i;

	check_args(argc, argv);
	CHECK_EQ(pthread_create(&t[0], NULL, selects, NULL), 0);
	CHECK_EQ(pthread_create(&t[1], NULL, futexes, NULL), 0);
	while (check_more())
		check_sleep(0.05);
	over = 1;
	for (i = 0; i < 2; i++)
		CHECK_EQ(pthread_join(t[i], NULL), 0);
	return check_pass();
}
