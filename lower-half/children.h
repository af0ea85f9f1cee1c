/* SPDX-License-Identifier: MIT */
/* children.h - processes the application has forked and not waited for */
#ifndef MANA_CHILDREN_H
#define MANA_CHILDREN_H

#include <stddef.h>

/*
 * 1 and a sentence when there is one: an image holds one process, the child
 * would be gone after a restart, and the exit code of one that has ended.
 */
int children_any(char *why, size_t len);
/* As the process ends: a child that is about to go on in its place, as by
 * daemon(3), running path too in a session of its own: its pid, or 0. One that
 * has just begun has some time to show what it is. */
int children_going_on(const char *path);
/* Children of the calling thread; how many, at most max. */
int children_of_thread(int *pids, int max);
/*
 * Those of the calling thread that are not among the n before are the native
 * library's: not saved, a restarted one starts its own.
 */
void children_native(const int *before, int n);

#endif
