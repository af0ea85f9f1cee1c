/* SPDX-License-Identifier: MIT */
/* lower.h - what the lower half's core offers to the MPI back
 *
 * All of these are called with the lower FS in force.
 */
#ifndef MANA_LOWER_H
#define MANA_LOWER_H

#include <stddef.h>
#include <stdint.h>
#include "gate.h"

/* Record of the calling upper thread; the agent has one too. Never NULL. */
struct thread *lower_self(void);

/*
 * Call fn(a..f) in the upper half: upper FS of the calling thread (the main
 * thread's, when the agent calls), depth stays > 0. fn is an upper address.
 */
long lower_upcall(void *fn, long a, long b, long c, long d, long e, long f);

/* One line on stderr: "mana: what: why: what to do". */
void lower_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/*
 * Native MPI libraries install signal handlers and alternate stacks (UCX,
 * Open MPI), may start a process (Open MPI without a launcher: orted) or
 * timers. They are the lower half's: the application must neither see the
 * handlers nor run on the stacks, and the process is not its child. Call around
 * native initialization, in the thread that does it; leave puts back what enter
 * found.
 */
struct lower_native {
	uint64_t action[65][4];
	uint64_t stack[3];
	int children[64], n_children;
	int timers[64], n_timers;
};
void lower_native_enter(struct lower_native *s);
void lower_native_leave(const struct lower_native *s);

/*
 * The process is about to end with this code (MPI_Abort, fatal error): tell the
 * coordinator, then leave. Does not return.
 */
void lower_exit(int code) __attribute__((noreturn));
/* The same is about to happen, and the MPI library will do it: the coordinator
 * is told that it is the program's own will. */
void lower_exits(int code);

#endif
