/* SPDX-License-Identifier: MIT */
/* stop.h - stop all threads of the upper half where they can be saved */
#ifndef MANA_STOP_H
#define MANA_STOP_H

#include <stddef.h>
#include "../common/gate.h"

/* To be called first of all: this process may have been another program's,
 * which called execve(2) just as it was asked to stop. That request is
 * forgotten. */
void stop_begin(void);
/* Install the handler of SIG_STOP; after the first pthread_create. */
int stop_init(void);

/*
 * Stop every upper thread in upper code. Returns 0 when all are, 1 when some
 * are not yet after about wait_ms (call again), *left then says how many.
 */
int stop_all(int wait_ms, int *left);
/* Send a running thread the signal, if none is on its way: for fn of
 * thread_each. 0 or -errno: there is no room for one. */
int stop_ask(struct thread *t);
/* 1: the threads that still run could not be asked to stop, because as many
 * signals wait for the user's processes as may (RLIMIT_SIGPENDING,
 * getrlimit(2)). */
int stop_crowded(void);
/* The tid of a thread that runs a signal handler on top of lower code, and
 * cannot stop before the handler has returned. 0: there is none. */
int stop_in_handler(void);
/* All threads are stopped: those with signals waiting for them note these, and
 * the first thread (or any, when that has ended) those that wait for the
 * process. */
void stop_collect(uint64_t shared);
/* Let the stopped threads run on where they are. */
void stop_resume(void);
/* Timed system calls of stopped threads begin to count anew from now. */
void stop_restart_timeouts(void);

#endif
