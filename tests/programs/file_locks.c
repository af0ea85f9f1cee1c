/* SPDX-License-Identifier: MIT */
/*
 * file_locks.c - locks on files stay, of every kind
 *
 * Another open file of the same process sees whether they are there: it is
 * never closed, which would end those that belong to the process.
 */
/* test: ranks=1 mpi=none threads=1 begins=late */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/file.h>
#include "check.h"

static int range_lock(int fd, int cmd, int type, off_t start, off_t len)
{
	struct flock l = { .l_type = (short)type,
			   .l_whence = SEEK_SET,
			   .l_start = start,
			   .l_len = len };

	CHECK_EQ(fcntl(fd, cmd, &l), 0);
	return l.l_type;
}

static int make(const char *name, int flags)
{
	int fd = open(name, flags | O_CREAT, 0600);

	CHECK(fd >= 0);
	return fd;
}

/* Through an open file of its own: what is in the way of writing there? */
static int seen(int fd, off_t start)
{
	return range_lock(fd, F_OFD_GETLK, F_WRLCK, start, 1);
}

int main(int argc, char **argv)
{
	int posix, ofd, whole, look[2], look_whole, lease, removed;
	int look_removed;

	check_args(argc, argv);
	posix = make("posix", O_RDWR);
	look[0] = make("posix", O_RDWR);
	ofd = make("ofd", O_RDWR);
	look[1] = make("ofd", O_RDWR);
	whole = make("whole", O_RDONLY);
	look_whole = make("whole", O_RDONLY);
	close(make("lease", O_RDWR));
	lease = open("lease", O_RDONLY);
	removed = make("removed", O_WRONLY);
	look_removed = make("removed", O_RDWR);
	CHECK_EQ(unlink("removed"), 0);

	range_lock(posix, F_SETLK, F_WRLCK, 10, 10);
	range_lock(posix, F_SETLK, F_RDLCK, 100, 0);
	range_lock(ofd, F_OFD_SETLK, F_WRLCK, 5, 1);
	range_lock(removed, F_SETLK, F_WRLCK, 0, 0);
	CHECK_EQ(flock(whole, LOCK_EX), 0);
	CHECK_EQ(fcntl(lease, F_SETLEASE, F_RDLCK), 0);
	while (check_more()) {
		check_sleep(0.1);
		CHECK_EQ(seen(look[0], 9), F_UNLCK);
		CHECK_EQ(seen(look[0], 10), F_WRLCK);
		CHECK_EQ(seen(look[0], 19), F_WRLCK);
		CHECK_EQ(seen(look[0], 20), F_UNLCK);
		CHECK_EQ(seen(look[0], 99), F_UNLCK);
		CHECK_EQ(seen(look[0], 1000000), F_RDLCK);
		CHECK_EQ(seen(look[1], 4), F_UNLCK);
		CHECK_EQ(seen(look[1], 5), F_WRLCK);
		CHECK_EQ(seen(look_removed, 7), F_WRLCK);
		CHECK_EQ(flock(look_whole, LOCK_SH | LOCK_NB), -1);
		CHECK_EQ(fcntl(lease, F_GETLEASE), F_RDLCK);
	}
	return check_pass();
}
