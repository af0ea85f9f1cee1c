/* SPDX-License-Identifier: MIT */
/* lower_hooks.h - what the hooks need of the lower half; lower-half/exit.c
 *
 * All are called under the upper FS, at depth > 0, and are freestanding (some
 * cross down by themselves).
 */
#ifndef MANA_LOWER_HOOKS_H
#define MANA_LOWER_HOOKS_H

#include "gate.h"

struct site_code; /* upper-half/site.h */

/* Says one line on stderr, then ends the process with EXIT_REFUSED. */
void lower_die(const char *why) __attribute__((noreturn));
/* Free the records of threads that are gone. */
void thread_reap(void);
/* We are the child of a fork: no agent, no checkpoints here. */
void lower_forked(struct thread *t);
int lower_is_child(void);
/* The id of this process: the kernel's, and the one by which the application
 * knows it. */
int lower_pid(void);
int lower_id(void);
/* The calling thread runs no more application code. */
void lower_thread_exit(struct thread *t);
/* 1: a thread that had called lower_thread_exit has ended. The kernel changes
 * no more memory for it, and its id may be another's. */
int lower_thread_ended(const struct thread *t);
/* For exit_group: returns when the process may end. */
void lower_process_exit(struct thread *t, int code);
/*
 * For execve: starts the same lower half again, with the new program. Returns
 * -errno when that cannot be, or 1: make the call as it stands.
 */
long lower_exec(const char *path, char **argv, char **envp);
long lower_exec_at(const long *a); /* of execveat(2) */
/* An executable file was mapped: patch its sites that are found by decoding
 * (lower-half/sites.h). */
void lower_sites(struct thread *t, const struct site_code *c);
/* 1: the descriptor is the lower half's own (lower-half/own.h). */
int lower_owns(int fd);
/* The highest number that a descriptor of the lower half can have. */
int lower_owns_most(void);
/* Memory outside the arena is the application's, even if the lower half mapped
 * it for it. */
void lower_gives(uint64_t start, uint64_t end);
/* 1: the MPI library may have registered the application's memory. */
int lower_watched(void);
/* Calls munmap, mremap or madvise in such a way that the MPI library notices
 * (lower-half/unmap.c). */
long lower_unmap(long nr, long a, long b, long c, long d, long e);

#endif
