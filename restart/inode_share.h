/* SPDX-License-Identifier: MIT */
/* inode_share.h - descriptors of files, from rank to rank of one host
 *
 * The lowest rank that has an inode in its image makes it; the others ask that
 * rank for a descriptor. What they talk over has a name that no file system
 * knows and that goes away with the process, and both sides make sure that the
 * other one is of the same user.
 */
#ifndef MANA_INODE_SHARE_H
#define MANA_INODE_SHARE_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

#define SHARE_KEY 256

struct share_server {
	int fd;	      /* listens */
	int expected; /* questions */
	int error;
	int (*look)(const char *key); /* a descriptor for it, or -1 */
	pthread_t thread;
};

/*
 * Starts to answer s->expected questions, with what look says; token is this
 * rank's. 0 or -errno.
 */
int share_start(struct share_server *s, uint64_t token);
/* Waits until all have been answered: 0, or -ETIMEDOUT when some never came. */
int share_finish(struct share_server *s);
/* Asks the rank with that token. A descriptor or -errno. */
int share_ask(uint64_t token, const char *key);

#endif
