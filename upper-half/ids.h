/* SPDX-License-Identifier: MIT */
/* ids.h - processes and threads have the ids the application knows them by
 *
 * A restart gives the kernel's ids anew; the application may have the old ones
 * anywhere. Here the old ones, which it sees, are called virtual. One table
 * says of each system call what in it is an id; all are led through here once
 * the process has been restarted, and none before. Freestanding.
 *
 * Not translated: what other programs see, text in files of /proc, and what is
 * read from a signalfd (docs/limits.md).
 */
#ifndef MANA_IDS_H
#define MANA_IDS_H

#include "hook.h"

int ids_create(void); /* 0 or -errno */
/* The other id of a process or thread; of a group or session, negative, as in
 * kill(2). The same where it is not one of ours. */
int ids_real(int id);
int ids_virtual(int id);
/* What a new thread or child with this id is to be known by: the id, unless it
 * is one that the application has met before the restart. Parent and child
 * give the same answer. */
int ids_name(int real);
/* Let the application know real as id; a group's are negative. */
void ids_pair(int id, int real);
void ids_forget(void); /* all pairs */

/* 1: the table knows something of this system call. */
int ids_names(long nr);
/* Which of its arguments may be a path in /proc: bit i. Always looked at. */
int ids_names_paths(long nr);
/* For a call that has a hook of its own: its arguments are the kernel's ids. */
void ids_before(struct hook_regs *r);
/* As hook_dispatch, hook_after. */
long ids_call(struct hook_regs *r, struct thread *t);
long ids_after(struct hook_result *now, const struct hook_regs *k,
	       struct thread *t);
/* fcntl, but for what makes descriptors. */
long ids_fcntl(struct hook_regs *r);
/* getdents, getdents64. */
long ids_list(struct hook_regs *r, struct thread *t);
/* A siginfo_t that the kernel has filled in; one that it is to have. */
void ids_siginfo(void *siginfo);
void ids_siginfo_real(void *siginfo);

#endif
