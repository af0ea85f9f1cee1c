/* SPDX-License-Identifier: MIT */
/* rendezvous.h - the file that tells where a coordinator is, and the locks
 *
 * DIR/coordinator.json (0600) holds address and secret. DIR/.lock has three
 * bytes: the coordinator of DIR holds the first while it lives; a process that
 * is about to start one holds the second meanwhile; a mana_run holds the third.
 */
#ifndef MANA_RENDEZVOUS_H
#define MANA_RENDEZVOUS_H

#include "client.h"

#define LOCK_FILE ".lock"

enum rendezvous_lock { LOCK_COORDINATOR = 0, LOCK_STARTER = 1, LOCK_RUN = 2 };

/* name: in the open directory at, as in openat(2), shown in sentences. */

/* Writes the file; replaces nothing but such a file. 0, or -errno and a
 * sentence. */
int rendezvous_write(int at, const char *name, const char *shown,
		     const struct client_where *w, char *err, size_t errlen);
/* 0, -ENOENT, or -errno and a sentence. */
int rendezvous_read(int at, const char *name, const char *shown,
		    struct client_where *w, char *err, size_t errlen);

/*
 * The checkpoint directory, made (mkdir -p) if need be: open, and trusted
 * (common/trust.h). -errno and a sentence.
 */
int rendezvous_dir(const char *dir, char *err, size_t errlen);
/*
 * One try, in the open directory that is called shown. Returns an open
 * descriptor that holds the lock, -EAGAIN when another one does, -errno and a
 * sentence.
 */
int rendezvous_lock(int dir, const char *shown, enum rendezvous_lock which,
		    char *err, size_t errlen);

#endif
