/* SPDX-License-Identifier: MIT */
/* file_info.h - what the kernel says of an open file: /proc/PID/fdinfo */
#ifndef MANA_FILE_INFO_H
#define MANA_FILE_INFO_H

#include <stddef.h>
#include "files.h"

struct file_info {
	uint64_t offset;
	uint32_t flags;
	uint64_t count; /* of an eventfd */
	int semaphore;
};

struct lock_list {
	struct saved_lock *at;
	size_t n, cap;
};

/*
 * Reads what the kernel says of descriptor fd; the locks that were taken
 * through it are added to the list. 0 or -errno; -EOPNOTSUPP: a lock of a kind,
 * or in a state, that is not known.
 */
int file_info_read(int fd, struct file_info *info, struct lock_list *locks);

#endif
