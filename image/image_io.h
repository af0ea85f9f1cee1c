/* SPDX-License-Identifier: MIT */
/* image_io.h - how image files are written and read: past the page cache
 *
 * Payloads are whole pages at page-aligned offsets, from and to page-aligned
 * memory, as O_DIRECT wants them.
 */
#ifndef MANA_IMAGE_IO_H
#define MANA_IMAGE_IO_H

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <sys/vfs.h>
#include "image_format.h"

static inline size_t image_page_up(size_t n)
{
	return (n + IMAGE_PAGE - 1) & ~(IMAGE_PAGE - 1);
}

/*
 * On local disks: no copy, none of the application's memory pushed out, and
 * twice as fast where free memory must first be had from a hypervisor. Network
 * filesystems need the cache to keep several transfers under way.
 */
static inline void image_direct_on(int fd)
{
	struct statfs sfs;

	if (!fstatfs(fd, &sfs) &&
	    (sfs.f_type == EXT4_SUPER_MAGIC || sfs.f_type == XFS_SUPER_MAGIC))
		fcntl(fd, F_SETFL, O_DIRECT);
}

/* 1 when it was on. */
static inline int image_direct_off(int fd)
{
	int fl = fcntl(fd, F_GETFL);

	return fl >= 0 && (fl & O_DIRECT) &&
	       !fcntl(fd, F_SETFL, fl & ~O_DIRECT);
}

/* A read or write has failed with errno: 1 when it is to be tried again, since
 * a signal came, or since O_DIRECT could not be had and is off now. */
static inline int image_again(int fd)
{
	return errno == EINTR || (errno == EINVAL && image_direct_off(fd));
}

/* There are two threads more than processors: while some wait for the disk,
 * others work. */
static inline int image_threads(int wanted)
{
	cpu_set_t set;

	if (wanted > 0)
		return wanted < 64 ? wanted : 64;
	if (sched_getaffinity(0, sizeof(set), &set))
		return 2;
	return CPU_COUNT(&set) < 14 ? CPU_COUNT(&set) + 2 : 16;
}

#endif
