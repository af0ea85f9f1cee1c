/* SPDX-License-Identifier: MIT */
/* thread.h - records of the upper half's threads (struct thread, gate.h)
 *
 * A record is found by the FS base in force, upper or lower: one instruction
 * and a hash look-up, no TLS and no system call, except at the first look after
 * a thread has changed its FS. Freestanding.
 */
#ifndef MANA_THREAD_H
#define MANA_THREAD_H

#include "../common/keep.h"

enum thread_state {
	THREAD_STARTING, /* by clone or a restart, tid not yet known */
	THREAD_RUNNING,
	THREAD_STOPPED, /* in the stop handler */
	THREAD_EXITING, /* will never run application code again */
	THREAD_ENDING,	/* the same: in exit_group, waiting for all ranks */
};

/* New record on the list, or NULL. Not findable before thread_bind. */
struct thread *thread_create(void);
/* Let fs (upper or lower) lead to t; replaces what it led to. */
void thread_bind(uint64_t fs, struct thread *t);
void thread_unbind(uint64_t fs);
/* The upper FS values that lead to t lead nowhere. */
void thread_forget(struct thread *t);
/* The calling thread's record, by the FS base in force; NULL: it is no upper
 * thread. */
struct thread *thread_self(void);
/* The gate calls it take_gs, and says what it does (common/gate.h). */
uint64_t thread_take_gs(struct thread *t);
/* gs, or 0 when it is not the application's but a thread's lower TLS. */
uint64_t thread_own_gs(uint64_t gs);
/* Take off the list and free; t must be unreachable by FS already. */
void thread_remove(struct thread *t);
/* Remove all threads of which gone, called under the list's lock, says 1. */
void thread_sweep(int (*gone)(struct thread *t));
/* The kernel's id of the thread that the application knows as vtid, and the
 * other way round; 0: there is no such thread. The record itself is not handed
 * out: the thread's end may free it once the list's lock is released. */
int thread_tid(int vtid);
int thread_vtid(int tid);
/* 1: t is the only thread of the process. */
int thread_is_only(const struct thread *t);
/* In a forked child: t, which has the child's pid, is the only thread left. */
void thread_alone(struct thread *t);
/* Give a newborn thread the id it has and the one it is to be known by, if it
 * has none, and write that where clone was asked to. Returns the latter. */
int thread_name(struct thread *t, int tid);
/* Walk the list under its lock; fn returns nonzero to end the walk. */
int thread_each(int (*fn)(struct thread *t, void *arg), void *arg);
void thread_main(struct thread *t); /* FS 0 leads to t as well */

#endif
