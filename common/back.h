/* SPDX-License-Identifier: MIT */
/* back.h - what the agent asks of the MPI back; implemented once per real MPI
 *
 * The agent (lower-half/agent.c) knows nothing of MPI; the back knows nothing
 * of signals, images or the coordinator. lower-none links no back.
 */
#ifndef MANA_BACK_H
#define MANA_BACK_H

#include <stddef.h>
#include <stdint.h>
#include "back_phase.h"

struct mpi_table;
struct thread;

/* One collective clock: a communicator's identity and how many collectives
 * have been begun on it. Identity (0,1) is MPI_Init's own clock. */
struct clock {
	uint64_t id[2];
	uint64_t seq;
	uint32_t members; /* size of the communicator; 0: not known */
};

struct back_state {
	int inside;	 /* threads inside a native collective */
	int behind;	 /* clocks below their target */
	int parked;	 /* threads waiting at a collective beyond its target */
	struct clock at; /* one such: the seq it needs to go on */
	uint64_t total;	 /* sum of all clocks: changes when there is progress */
};

const struct mpi_table *back_table(void); /* for the gate */
const char *back_name(void);		  /* in common/mpis.h */
void back_version(char *buf, size_t len); /* library version, one line */
enum back_phase back_phase(void);
int back_open(void); /* the application may call MPI: it, or a session, is up */
int back_rank(void); /* world rank, -1 before init */
int back_size(void);
int back_level(void); /* thread level it has: SEAM_THREAD_* */

/*
 * Clocks. While gate->pending is PENDING_NONE nobody looks at targets.
 * back_clocks fills up to max and returns how many there are. back_target
 * raises targets (never lowers); a communicator not named has target =
 * its seq at the time of back_clocks of this checkpoint (nobody else has begun
 * more). back_state may be called at any time, threads running. back_passed
 * fills up to BACK_PASSED clocks whose targets this rank has raised itself
 * since it was asked last: after back_state, told before what that found.
 */
#define BACK_PASSED 64
size_t back_clocks(struct clock *c, size_t max);
void back_target(const struct clock *c, size_t n);
void back_state(struct back_state *s);
size_t back_passed(struct clock *c);
int back_parked(const struct thread *t); /* it waits at a collective */
void back_clear_targets(void);		 /* checkpoint over or aborted */
/* Threads are to stop, and one cannot, as MPI has called a function of the
 * application's in it: the id that the application knows it by; 0: none. */
int back_callback(void);

/*
 * Drain. back_refuse first: 1 and a sentence naming the object when something
 * live cannot be checkpointed yet (an open window, a file, ...), else 0.
 * back_drain_step: threads of this rank are stopped, others' perhaps not:
 * progress, complete posted requests, pull unexpected messages; never blocks.
 * back_drain_begin/finish: threads of all ranks are stopped; neither blocks.
 * begin is given the highest back_drain_begun of all ranks; finish returns 1
 * when everything sent to any rank is there and every pending send is complete,
 * 0 to call again, -errno on failure. They may be given up at any point.
 */
int back_refuse(char *why, size_t len);
void back_drain_step(void);
uint64_t back_drain_begun(void);
int back_drain_begin(uint64_t begun);
int back_drain_finish(void);

/*
 * Restart of an image that had MPI up; upper memory is mapped, no upper thread
 * runs. back_start: native MPI_Init_thread with what back_level said then.
 * back_rebuild, when that has returned in all ranks: the first communication;
 * rebuild every live object, re-post receives (collective). 0 or -errno with a
 * message printed.
 */
int back_start(int level);
int back_rebuild(void);
/* The same of any image, MPI or not, before back_rebuild: what there is without
 * MPI_Init. 0 or -errno with a message printed. */
int back_resume(void);

/* The upper half calls exit_group: 1 when MPI is up and finalized by the
 * application, so that the native library must be closed down first. */
int back_must_finish(void);
/* Non-blocking rounds of "has everybody come to the end?": 1 when all have. */
int back_finish_step(void);
/* Native MPI_Finalize; only when back_finish_step said 1. */
void back_finish(void);
/* The process ends: what the native library does at exit(3). */
void back_exit(void);

#endif
