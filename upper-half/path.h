/* SPDX-License-Identifier: MIT */
/* path.h - paths the application opens that are not what it thinks
 *
 * MPI libraries become our fronts, /proc/self/exe the application's program,
 * and after a restart the ids in names below /proc the kernel's. Freestanding.
 */
#ifndef MANA_PATH_H
#define MANA_PATH_H

#include <stddef.h>

/* The path to open instead; path itself mostly. */
const char *path_translate(const char *path);
int path_absolute(const char *path);
/* 1: the path is /proc/self/exe, or /proc/PID/exe of this process. */
int path_is_exe(const char *path);
/* The same for a name below /proc, in buf if need be; path itself mostly. */
#define PATH_IN_PROC 256
const char *path_in_proc(const char *path, char buf[PATH_IN_PROC]);
/* Puts what the links /proc/self and /proc/thread-self are to say into to, as
 * far as it fits. Returns its length; 0: path is neither, or the kernel's
 * answer is right. */
size_t path_link(const char *path, char *to, size_t max);
/* 1: path_translate gave this path in the place of an MPI library's. */
int path_is_front(const char *path);
/* 1: the file is the C library, by its name. */
int path_is_libc(const char *path);
/* Lower half without MPI: MPI libraries are refused instead. */
void path_no_mpi(void);

#endif
