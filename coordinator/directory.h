/* SPDX-License-Identifier: MIT */
/* directory.h - the checkpoint directory, as the coordinator holds it
 *
 * It is held by its descriptor, and its lock by another: whatever comes to lie
 * under its name, nothing of it is touched. Ranks and commands come by the name
 * however, so a directory that has lost its name or its lock is of no use any
 * more. It is looked at before a generation is made, before one is committed,
 * before old ones are removed, and now and then.
 */
#ifndef MANA_DIRECTORY_H
#define MANA_DIRECTORY_H

#include <sys/types.h>
#include "../client/client.h"

struct directory {
	char path[WIRE_PATH]; /* absolute, without links */
	int fd, lock;
};

/* Makes the directory if need be, and locks it, within wait_ms. 0, or -errno
 * and a sentence; -EBUSY: another coordinator has it. */
int directory_open(struct directory *d, const char *path, int wait_ms,
		   char *err, size_t errlen);
/* 0: the name still leads to the directory, and its lock is the one we hold.
 * -ESTALE and a sentence: somebody has removed it or moved it away. */
int directory_check(const struct directory *d, char *err, size_t errlen);
void directory_close(struct directory *d);

#endif
