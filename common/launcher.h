/* SPDX-License-Identifier: MIT */
/* launcher.h - who started this process, and what it is told about its job
 *
 * launcher.c has a table with one row for each family of launchers: a new one
 * is a row there, and nothing elsewhere. Answers come from the environment,
 * from the first row that has one.
 */
#ifndef MANA_LAUNCHER_H
#define MANA_LAUNCHER_H

#include <stddef.h>

/* The MPI whose ranks it starts (common/mpis.h); NULL: nobody's, or one that
 * starts those of several. */
const char *launcher_mpi(void);
/* 1: a launcher that an MPI library can talk to has started this process. */
int launcher_there(void);
/* Rank and number of ranks; 0 of 1 where nothing says otherwise. */
void launcher_place(int *rank, int *size);
/* The launcher has started several tasks, but told them nothing that this MPI
 * understands, so that each would be a rank alone: how it is to be called.
 * NULL: all is well. */
const char *launcher_lacks(const char *mpi);
/* 1: no row knows of more ranks than this one. */
int launcher_alone(void);
/* 1: ranks of this job run on other hosts, too. */
int launcher_several_hosts(void);
/* Fills buf with a text that the ranks of one job have in common, and that no
 * other job has, without anything that a terminal obeys. 1, or 0: no variable
 * tells. */
int launcher_job(char *buf, size_t len);
/*
 * A process of this name is a launcher's, between its mpirun and the ranks of
 * one host: the option (*option) of its command line that is followed by what
 * only processes of one job have in common, and what to call that. NULL: not a
 * launcher's.
 */
const char *launcher_process(const char *name, const char **option);
/* 1: the program at this path starts ranks, and is none itself. */
int launcher_is_program(const char *path);
/* The variable that holds the number of the i-th descriptor through which a
 * rank may talk to its launcher; NULL: there are no more. */
const char *launcher_fd(size_t i);
/* An entry of an environment is the launcher's: after a restart it is the new
 * launcher's that counts, the application's is stale. Freestanding: also asked
 * under the upper FS. */
int launcher_owns(const char *entry);
/* Before the MPI library is started: nothing that the launcher shares with it
 * may lie in the arena. */
void launcher_unshare(void);
/* Finds what the launcher says it was told to start: the program's name, and
 * its arguments in one line. *command is NULL when it does not say. */
void launcher_told(const char **command, const char **arguments);
/* Where the launcher says that it was told to start tool, which is the last
 * part of a program's name, it says from now on that this was argv. */
void launcher_tell(const char *tool, int argc, char **argv);

#endif
