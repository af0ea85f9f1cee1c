/* SPDX-License-Identifier: MIT */
/* durable.h - what a rename has put into a directory outlives a crash */
#ifndef MANA_DURABLE_H
#define MANA_DURABLE_H

/* fsync(2) of the directory that name, relative to at (openat(2)), is in. 0 or
 * -errno; a file system that cannot do it is no error. */
int durable_parent(int at, const char *name);

#endif
