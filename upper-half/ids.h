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
/* The id by which the application is to know a new thread or child: the
 * kernel's, unless the application has met that one before the restart. Parent
 * and child get the same answer. */
int ids_name(int real);
/* The application knows real by id; ids of groups are negative. */
void ids_pair(int id, int real);
void ids_forget(void); /* all pairs */

/* 1: the table knows something of this system call. */
int ids_names(long nr);
/* Bit i: argument i of the call may be a path in /proc. These are looked at
 * before a restart, too. */
int ids_names_paths(long nr);
/* Translates the arguments of a call that has a hook of its own. */
void ids_before(struct hook_regs *r);
/* As hook_dispatch and hook_after, for the calls in the table. */
long ids_call(struct hook_regs *r, struct thread *t);
long ids_after(struct hook_result *now, const struct hook_regs *k,
	       struct thread *t);
/* Hook of fcntl, but for the commands that make descriptors. */
long ids_fcntl(struct hook_regs *r);
/* Hook of getdents and getdents64. */
long ids_list(struct hook_regs *r, struct thread *t);
/* Translate a siginfo_t that the kernel has filled in, or one that the kernel
 * is to get. */
void ids_siginfo(void *siginfo);
void ids_siginfo_real(void *siginfo);

#endif
