/* SPDX-License-Identifier: MIT */
/* trust.h - whose files are believed, and how they are opened
 *
 * A generation is code: who can write to it decides what a restart runs. So all
 * that lies in a checkpoint directory, and the directory, must belong to the
 * user, to root, or to somebody whom the user names, and nobody else may write
 * to it. (Its group may where that is the owner's own, with no other member:
 * what umask 002 makes.)
 *
 * Everything is opened by its name within a directory that is open already,
 * then looked at by its descriptor: between the look and the use nothing can be
 * put in its place. No symbolic link is followed, nothing is waited for, and
 * what is read is a file.
 */
#ifndef MANA_TRUST_H
#define MANA_TRUST_H

#include <sys/stat.h>
#include "reason.h"

/* --trust-owner USER, a name or a number: files of that user are believed,
 * whoever may write to them. 0 or -ENOENT. */
int trust_add(const char *user);
/* Returns the user that trust_add was given; NULL: none. */
const char *trust_added(void);

/* 0, or -EPERM and why. fd: the file, for its access control list; -1: not
 * open. shown: the name in that. */
int trust_check(int fd, const struct stat *st, const char *shown,
		struct reason *why);
/* Open a directory or file, if it is trusted; or -errno and why. */
int trust_dir(int at, const char *name, const char *shown, struct reason *why);
int trust_file(int at, const char *name, int flags, const char *shown,
	       struct reason *why);
/* The directory that the user names: its path may lead over links, and who may
 * write to it may be many, if it is sticky as /tmp is. */
int trust_top(const char *path, struct reason *why);

#endif
