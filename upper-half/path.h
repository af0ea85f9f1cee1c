/* SPDX-License-Identifier: MIT */
/* path.h - paths the application opens that are not what it thinks
 *
 * MPI libraries become our fronts, /proc/self/exe the application's program.
 * Freestanding.
 */
#ifndef MANA_PATH_H
#define MANA_PATH_H

/* The path to open instead; path itself mostly. */
const char *path_translate(const char *path);
int path_absolute(const char *path);
/* /proc/self/exe, /proc/<own pid>/exe */
int path_is_exe(const char *path);
/* The C library, by its file name. */
int path_is_libc(const char *path);
/* Lower half without MPI: MPI libraries are refused instead. */
void path_no_mpi(void);

#endif
