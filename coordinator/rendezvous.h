/* SPDX-License-Identifier: MIT */
/* rendezvous.h - the file that tells where a coordinator is, and the locks
 *
 * DIR/coordinator.json (0600) holds address and secret. DIR/.lock has two
 * bytes: the coordinator of DIR holds the first while it lives, whoever is
 * about to start one holds the second meanwhile.
 */
#ifndef MANA_RENDEZVOUS_H
#define MANA_RENDEZVOUS_H

#include "client.h"

enum rendezvous_lock { LOCK_COORDINATOR = 0, LOCK_STARTER = 1 };

/* Replaces nothing but such a file. 0, or -errno and a sentence. */
int rendezvous_write(const char *path, const struct client_where *w,
		     char *err, size_t errlen);
/* 0, -ENOENT, or -errno and a sentence. */
int rendezvous_read(const char *path, struct client_where *w, char *err,
		    size_t errlen);
/* 128 random bits. 0 or -errno. */
int rendezvous_secret(char out[WIRE_SECRET]);

/* mkdir -p. 0 or -errno and a sentence. */
int rendezvous_dir(const char *dir, char *err, size_t errlen);
/*
 * One try. Returns an open descriptor that holds the lock, -EAGAIN when
 * another one does, -errno and a sentence.
 */
int rendezvous_lock(const char *dir, enum rendezvous_lock which, char *err,
		    size_t errlen);

#endif
