/* SPDX-License-Identifier: MIT */
/* children.h - processes the application has forked and not waited for */
#ifndef MANA_CHILDREN_H
#define MANA_CHILDREN_H

#include <stddef.h>

/*
 * 1 and a sentence when there is one. An image holds one process: after a
 * restart the child would be gone, and so would the exit code of one that has
 * ended.
 */
int children_any(char *why, size_t len);
/* To be asked as the process ends: the pid of a child that goes on in its
 * place, as daemon(3) makes one, or 0. Such a child runs path too, in a session
 * of its own; one that has just begun is given some time to show what it is. */
int children_going_on(const char *path);
/* Children of the calling thread; how many, at most max. */
int children_of_thread(int *pids, int max);
/*
 * Children of the calling thread that are not among the n before belong to the
 * native library. They are not saved: a restarted library starts its own.
 */
void children_native(const int *before, int n);

#endif
