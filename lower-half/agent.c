/* SPDX-License-Identifier: MIT */
/* agent.c - the thread of the lower half that takes checkpoints
 *
 * It follows the coordinator through the stages of a round (docs/protocol.md).
 * Whatever goes wrong in one, the application goes on: pending is cleared, the
 * targets are forgotten and the threads are let go.
 */
#include <errno.h>
#include <limits.h>
#include <linux/membarrier.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "../common/back.h"
#include "../common/futex.h"
#include "../common/image_name.h"
#include "../common/lower.h"
#include "../common/monotonic.h"
#include "../common/wire.h"
#include "../upper-half/app.h"
#include "../upper-half/thread.h"
#include "../upper-half/unsaved.h"
#include "agent.h"
#include "checkpoint.h"
#include "clocks.h"
#include "core.h"
#include "link.h"
#include "listen.h"
#include "donor.h"
#include "stop.h"

#define OBSTACLE_US 2000000

static int say_stage(const struct rank_round *r, enum wire_type type)
{
	struct wire_stage m = { .generation = r->begin.generation,
				.exchanges = back_drain_begun() };

	return link_say(type, &m);
}

/* Has an obstacle, which is there now, been there for OBSTACLE_US? *since is
 * when it was first seen, 0 while there is none. */
static int obstacle(uint64_t *since, int there)
{
	uint64_t now = monotonic_us();

	if (!there || !*since)
		*since = there ? now : 0;
	return there && now - *since >= OBSTACLE_US;
}

/* As obstacle, for one that thread tid is in, 0: none. -EOPNOTSUPP and the
 * sentence when it lasts. */
static int thread_in_the_way(struct rank_round *r, uint64_t *since, int tid,
			     const char *what)
{
	if (!obstacle(since, tid != 0))
		return 0;
	snprintf(r->why, sizeof(r->why), "thread %d: %s", tid, what);
	return -EOPNOTSUPP;
}

/*
 * A signal handler that left lower code by siglongjmp never returns, and what
 * it left behind there cannot be put right: -EOPNOTSUPP and a sentence.
 */
static int handler_in_the_way(struct rank_round *r)
{
	return thread_in_the_way(r, &r->t_handler, stop_in_handler(),
				 "a signal handler came during an MPI call and "
				 "has not returned: a process that left one by "
				 "siglongjmp cannot be saved");
}

/* A callback has begun between the last clocks and the stop, and may wait for a
 * rank that has stopped: next time it is over. */
static int callback_in_the_way(struct rank_round *r)
{
	return thread_in_the_way(
		r, &r->t_callback, back_callback(),
		"a callback that MPI has called (an error "
		"handler, say) does not return: try again when "
		"it has");
}

/* The user's other processes, or the program itself, may soon have fewer
 * signals waiting: only a shortage that lasts refuses the checkpoint. */
static int crowded(struct rank_round *r)
{
	if (!obstacle(&r->t_crowded, stop_crowded()))
		return 0;
	snprintf(r->why, sizeof(r->why),
		 "RLIMIT_SIGPENDING: as many signals wait as may, none is left "
		 "to stop threads by: raise it (ulimit -i)");
	return -EOPNOTSUPP;
}

/* What makes every checkpoint impossible is known without stopping a thread: a
 * sandbox that the program has entered might end it for that. */
static int unsaved(struct rank_round *r)
{
	const char *why = unsaved_why();

	if (!why)
		return 0;
	snprintf(r->why, sizeof(r->why), "%s", why);
	return -EOPNOTSUPP;
}

static int stage_clock(struct rank_round *r)
{
	int rc;

	GATE->pending = PENDING_CLOCK;
	/* Threads test pending without a fence; this is their fence. */
	raw_syscall3(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
	rc = clocks_send(r);
	while (rc >= 0) {
		rc = listen_ms(r, 1);
		if (rc == WIRE_STOP)
			return 0;
		if (rc >= 0 && r->epoch)
			rc = clocks_state(r) < 0 ? -EIO : rc;
		if (rc >= 0)
			rc = handler_in_the_way(r);
	}
	return rc;
}

/* Stage 2: stop our threads, then help others to stop theirs. */

static int stop_threads(struct rank_round *r)
{
	int rc, left = 0;

	while (stop_all(5, &left)) {
		rc = listen_ms(r, 0);
		if (rc >= 0)
			rc = handler_in_the_way(r);
		if (rc >= 0)
			rc = callback_in_the_way(r);
		if (rc >= 0)
			rc = crowded(r);
		if (rc < 0)
			return rc;
	}
	return 0;
}

/*
 * Stop the threads where everything can be saved: what is in the way of that
 * now often is not a moment later. pending stays, so that MPI calls go on
 * waiting.
 */
static int stop_savable(struct rank_round *r)
{
	uint64_t end = monotonic_us() + OBSTACLE_US;
	int rc = stop_threads(r), last = 0;

	while (rc >= 0 && checkpoint_refuse(r->why, sizeof(r->why))) {
		if (last)
			return -EOPNOTSUPP;
		r->why[0] = 0;
		stop_resume();
		rc = listen_ms(r, 20);
		if (rc >= 0)
			rc = stop_threads(r);
		last = monotonic_us() > end;
	}
	if (rc >= 0 && back_refuse(r->why, sizeof(r->why)))
		return -EOPNOTSUPP;
	return rc;
}

static int stage_stop(struct rank_round *r)
{
	int rc;

	GATE->pending = PENDING_STOP;
	rc = stop_savable(r);
	if (rc < 0)
		return rc;
	r->ready = 1;
	rc = say_stage(r, WIRE_STOPPED);
	while (rc >= 0) {
		back_drain_step();
		rc = listen_ms(r, 0);
		if (rc == 0)
			rc = listen_ms(r, 1);
		if (rc == WIRE_DRAIN)
			return 0;
	}
	return rc;
}

static int stage_drain(struct rank_round *r)
{
	int rc = back_drain_begin(r->exchanges);

	while (rc >= 0) {
		rc = back_drain_finish();
		if (rc == 1)
			break;
		sched_yield(); /* this processor may be another rank's */
		if (rc == 0)
			rc = listen_ms(r, 0);
	}
	if (rc < 0) {
		if (rc != -ECANCELED)
			snprintf(r->why, sizeof(r->why),
				 "draining messages: %s", strerror(-rc));
		return rc;
	}
	rc = say_stage(r, WIRE_DRAINED);
	return rc < 0 ? rc : listen_for(r, WIRE_WRITE);
}

static void progress(void *arg, uint64_t done, uint64_t total)
{
	static uint64_t last;
	struct wire_progress m = { .done = done, .total = total };
	uint64_t now = monotonic_us();

	(void)arg;
	if (now - last < 300000)
		return;
	last = now;
	link_say(WIRE_PROGRESS, &m);
}

static int stage_write(struct rank_round *r)
{
	struct wire_written w = { 0 };
	struct image_result res;
	int rc;

	image_name(w.file, (uint32_t)core.rank, (uint32_t)core.size);
	rc = checkpoint_write(&r->begin, w.file, progress, &res, r->why,
			      sizeof(r->why));
	listen_heard(r); /* the coordinator was not listened to meanwhile */
	if (rc < 0)
		return rc;
	w.bytes = res.bytes;
	w.raw_bytes = res.raw_bytes;
	w.digest = res.digest;
	w.sync_us = res.sync_us;
	rc = link_say(WIRE_WRITTEN, &w);
	return rc < 0 ? rc : listen_for(r, WIRE_RESUME);
}

static void run_on(void)
{
	back_clear_targets();
	GATE->pending = PENDING_NONE;
	futex_wake_pending(&GATE->pending);
	stop_resume();
}

/*
 * The ending application's main thread and this one take turns in MPI. When all
 * ranks have come to the end, the first to see it closes the native library
 * down and waits there for the others: no round must hold them up. When it
 * succeeds, the lock is held.
 */
static int mpi_lock(struct rank_round *r, int *held)
{
	int rc;

	while (!core.ending &&
	       !(*held = !pthread_mutex_trylock(&core.finish_lock))) {
		rc = listen_ms(r, 1);
		if (rc < 0)
			return rc;
	}
	if (!core.ending)
		return 0;
	if (*held)
		pthread_mutex_unlock(&core.finish_lock);
	*held = 0;
	snprintf(r->why, sizeof(r->why), "the program is ending");
	return -ESHUTDOWN;
}

/*
 * The round fails for a reason of this rank's: say it, and wait until the
 * others have heard of it. A coordinator that is silent is not waited for; it
 * finds what we said when it goes on. A gatherer that is gets left.
 */
static int fail(struct rank_round *r, int rc)
{
	struct wire_failed f = { .generation = r->begin.generation };
	int said;

	snprintf(f.text, sizeof(f.text), "%.1000s", r->why);
	said = link_say(WIRE_CKPT_FAILED, &f);
	if (said < 0 || rc == -EHOSTDOWN)
		return said < 0 ? said : link_cut() ? rc : -ECANCELED;
	do
		rc = listen_ms(r, 1000);
	while (rc >= 0);
	return rc == -EHOSTDOWN ? -ECANCELED : rc;
}

/* 0, or -errno when the connection is of no use any more. */
static int round_run(const struct wire_ckpt_begin *b)
{
	static struct rank_round
		one; /* the program may leave no memory for it */
	struct rank_round *r = &one;
	int rc, locked = 0;

	memset(r, 0, sizeof(*r));
	r->begin = *b;
	listen_heard(r);
	rc = unsaved(r);
	if (!rc)
		rc = stage_clock(r);
	if (!rc)
		rc = mpi_lock(r, &locked);
	if (!rc)
		rc = stage_stop(r);
	if (!rc)
		rc = stage_drain(r);
	if (!rc)
		rc = stage_write(r);
	if (rc == -ENOMEM && !r->why[0])
		snprintf(r->why, sizeof(r->why),
			 "memory: %s: see the limits of the program "
			 "(RLIMIT_AS, RLIMIT_DATA)",
			 strerror(ENOMEM));
	if (rc < 0 && r->why[0])
		rc = fail(r, rc);
	run_on();
	if (locked)
		pthread_mutex_unlock(&core.finish_lock);
	return rc == -ECANCELED ? 0 : rc;
}

static void *agent_main(void *arg)
{
	struct wire_msg m;
	int rc;

	(void)arg;
	donor_forget_rseq();
	donor_serve(&core.agent);
	core.agent.lower_fs = tls_get((int)GATE->fsgsbase);
	core.agent.upper_fs = core.main_thread->upper_fs;
	core.agent.depth = 1;
	for (;;) {
		rc = link_receive(&m, -1);
		core.agent.upper_fs = core.main_thread->upper_fs;
		if (rc == 0 && m.type == WIRE_CKPT_BEGIN)
			rc = round_run(&m.u.begin);
		else if (rc == 0 && m.type == WIRE_KILL)
			raw_syscall1(SYS_exit_group, m.u.code.code);
		if (rc < 0)
			link_again();
	}
	return NULL;
}

void agent_start(const char *name)
{
	raw_syscall3(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED,
		     0, 0);
	if (!core.opt.no_coordinator)
		link_open(name);
}

void agent_run(void)
{
	if (core.opt.no_coordinator)
		return;
	link_shelter();
	if (donor_thread(agent_main, NULL, 0) < 0)
		lower_error("%s: agent: no thread: running without checkpoints",
			    core.tool);
}
