/* SPDX-License-Identifier: MIT */
/* core.h - what the parts of the lower half's core share
 *
 * Lower memory: fresh in each incarnation, never saved.
 */
#ifndef MANA_CORE_H
#define MANA_CORE_H

#include <pthread.h>
#include <stdint.h>
#include "../common/gate.h"
#include "../common/wire.h"
#include "../launch/options.h"

struct core {
	struct options opt;
	const char *tool;  /* "mana_launch" or "mana_restart" */
	char libdir[4096]; /* where this program and the fronts are */
	char self[4096];   /* this program */
	int pid;
	int rank, size;	      /* as the launcher's environment says */
	char job_id[WIRE_ID]; /* common/ckptdir.h; "" until it is known */
	int is_child;	      /* we were forked by the application ... */
	int child_id;	      /* ... which knows it by this pid */
	int restarted;	      /* 1: made by mana_restart */
	int finished;	      /* the application called exit ... */
	int exit_code;	      /* ... with this code */
	int ending;	      /* native MPI is being closed down */
	/* Held by whoever uses MPI while the application is ending. */
	pthread_mutex_t finish_lock;
	struct thread *main_thread;
	uint64_t cpus[16];   /* what the launcher lets us run on */
	struct thread agent; /* the agent's record: never saved */
};

extern struct core core;

/* One line on stderr with --verbose, else nothing. */
void core_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Rank and size, as the launcher has them (common/launcher.h). */
void core_rank_size(void);
/* The gate page of this incarnation. 0 or -errno. */
int core_gate(void);

#endif
