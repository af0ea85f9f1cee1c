/* SPDX-License-Identifier: MIT */
/* fd.h - which descriptors are the application's
 *
 * Those its hooks saw it create or duplicate, and those it inherited; all
 * others are the lower half's. Freestanding. The table is in keep memory.
 */
#ifndef MANA_FD_H
#define MANA_FD_H

enum fd_owner {
	FD_LOWER = 0,
	FD_UPPER = 1,
	FD_INHERITED = 2, /* open when the program started: stdin, ... */
};

int fd_create(void); /* 0 or -errno */
void fd_own(int fd, enum fd_owner owner);
enum fd_owner fd_owner(int fd);
void fd_copy(int from, int to); /* dup: to is what from is */
int fd_limit(void);		/* no owned descriptor is >= this */
/* The agent's own: the application's close(2) does not reach them. */
void fd_protect(int fd);
void fd_unprotect(int fd);
int fd_protected(int fd);

#endif
