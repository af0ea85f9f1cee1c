/* SPDX-License-Identifier: MIT */
/* clock.c - the collective clock: targets, parked threads, the agent's view
 *
 * Targets are the lower half's: a restart begins without. The table holds what
 * the coordinator named, also for communicators that this rank has yet to
 * make. One lock serialises threads on the slow path with the agent, so a
 * count cannot pass the target that the agent is about to set.
 *
 * A rank that is behind in one clock and comes to a collective beyond the
 * target of another has to do that one first, whoever waits for it: it goes
 * on, and raises the target for all. Those collectives come before targets in
 * program order, so there is an end to them. Not with MPI_THREAD_MULTIPLE,
 * where another thread may be the one that is behind.
 *
 * A callback of the application's (of an attribute, an error handler, ...) runs
 * on top of lower code, where its thread can be neither stopped nor parked: a
 * thread inside one counts as inside a collective, and the collectives that it
 * calls there go on beyond their targets, too. So that no callback begins once
 * everybody is to stop, calls that are known to run callbacks wait like
 * collectives do (callback_enter), by a clock that is this rank's own.
 */
#include <linux/futex.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include "../../../upper-half/thread.h"
#include "clock.h"
#include "departed.h"
#include "../p2p/request.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int reading;	      /* back_clocks was called: targets hold */
static struct clock *targets; /* sorted by identity */
static size_t n_targets;
static uint64_t wakes; /* makes total change with parked threads */
static struct clock passed[BACK_PASSED]; /* targets raised here, not told yet */
static size_t n_passed;

/* Calls with callbacks: no other rank knows of them, and none waits for one.
 * The coordinator raises the target when there is nothing else to wait for. */
static struct coll_clock callbacks;

static int clock_order(const void *x, const void *y)
{
	const struct clock *a = x, *b = y;

	if (a->id[0] != b->id[0])
		return a->id[0] < b->id[0] ? -1 : 1;
	if (a->id[1] != b->id[1])
		return a->id[1] < b->id[1] ? -1 : 1;
	return 0;
}

static struct clock *target_find(const uint64_t id[2])
{
	struct clock key = { { id[0], id[1] }, 0, 0 };

	return n_targets ? bsearch(&key, targets, n_targets, sizeof(key),
				   clock_order) :
			   NULL;
}

static uint64_t target_of(const uint64_t id[2], uint64_t own)
{
	struct clock *c = target_find(id);

	return c && c->seq > own ? c->seq : own;
}

static struct clock clock_now(const struct coll_clock *k)
{
	return (struct clock){ { k->id[0], k->id[1] },
			       k->seq,
			       (uint32_t)k->members };
}

static void clock_park(struct thread *t, const struct coll_clock *k)
{
	t->mpi[CLOCK_ID0] = k->id[0];
	t->mpi[CLOCK_ID1] = k->id[1];
	t->mpi[CLOCK_NEEDS] = k->seq;
	__atomic_store_n(&t->mpi[CLOCK_PARKED], 1 + k->members,
			 __ATOMIC_RELEASE);
}

/* As clock_next, of all that can have a target: MPI_Init's, those on which this
 * rank could meet others, and its own. */
static struct coll_clock *target_next(const struct coll_clock *k)
{
	struct coll_clock *next;

	if (k == &callbacks)
		return NULL;
	next = clock_next(k);
	while (k && next && next->members == 1)
		next = clock_next(next);
	return next ? next : &callbacks;
}

/* A rank that has finalized begins nothing any more, whatever others have
 * counted (attributes of MPI_COMM_SELF, frees that it left out). */
static int clocks_behind(void)
{
	struct coll_clock *k;
	int n = 0;

	if (KEEP_MPI->phase == BACK_FINALIZED)
		return 0;
	objects_lock();
	for (k = target_next(NULL); k; k = target_next(k))
		n += k->seq < target_of(k->id, k->target);
	objects_unlock();
	return n;
}

/* This rank goes on, beyond the target, which is now seq. 0: it cannot, as too
 * many such are not told yet. */
static int clock_pass(struct coll_clock *k)
{
	struct clock c = clock_now(k);
	size_t i = 0;

	while (i < n_passed && clock_order(&passed[i], &c))
		i++;
	if (i == BACK_PASSED)
		return 0;
	passed[i] = c;
	n_passed += i == n_passed;
	k->target = k->seq;
	return 1;
}

/* Is the one that k has counted to begin? Under the lock. Before the clocks are
 * read those inside something are counted with it, and all others wait. */
static int may_begin(const struct thread *t, struct coll_clock *k)
{
	const int nested = t->in_coll > 1;

	if (!reading)
		return nested;
	if (k->seq <= k->target)
		return 1;
	if (nested ? GATE->pending != PENDING_CLOCK :
		     p2p_multiple() || !clocks_behind())
		return 0;
	return clock_pass(k);
}

int clock_slow(struct thread *t, struct coll_clock *k)
{
	int rc = 0;

	if (k->members == 1)
		return 0;
	pthread_mutex_lock(&lock);
	k->target = target_of(k->id, k->target);
	if (GATE->pending != PENDING_NONE && !may_begin(t, k)) {
		clock_park(t, k);
		__atomic_fetch_sub(&k->seq, 1, __ATOMIC_RELAXED);
		t->in_coll--;
		rc = GATE_AGAIN;
	} else {
		t->mpi[CLOCK_PARKED] = 0;
		wakes++;
	}
	pthread_mutex_unlock(&lock);
	return rc;
}

static int thread_unpark(struct thread *t, void *arg)
{
	(void)arg;
	t->mpi[CLOCK_PARKED] = 0;
	return 0;
}

int callback_enter(void)
{
	struct thread *t = lower_self();

	if (t->in_coll++)
		return 0;
	__atomic_fetch_add(&callbacks.seq, 1, __ATOMIC_RELAXED);
	__asm__ volatile("" : : : "memory");
	if (GATE->pending == PENDING_NONE)
		return 0;
	callbacks.id[1] = 2 * (uint64_t)KEEP_MPI->rank + 2;
	return clock_slow(t, &callbacks);
}

static void clock_put(struct clock *c, size_t max, size_t n,
		      const struct coll_clock *k)
{
	if (n < max)
		c[n] = clock_now(k);
}

/* Sets the first targets: as far as this rank itself has gone. */
size_t back_clocks(struct clock *c, size_t max)
{
	const struct coll_clock *gone = NULL;
	struct coll_clock *k;
	size_t n = 0;

	pthread_mutex_lock(&lock);
	/* One may have parked while the last checkpoint ended. */
	thread_each(thread_unpark, NULL);
	objects_lock();
	for (k = target_next(NULL); k; k = target_next(k)) {
		k->target = k->seq;
		if (k != &callbacks)
			clock_put(c, max, n++, k);
	}
	while ((gone = departed_next(gone)))
		clock_put(c, max, n++, gone);
	objects_unlock();
	reading = 1;
	pthread_mutex_unlock(&lock);
	return n;
}

/* Merge: unnamed targets stay, named ones rise. */
static void targets_merge(const struct clock *c, size_t n)
{
	struct clock *all = malloc((n_targets + n) * sizeof(*all)), *old;
	size_t m = 0, i;

	if (!all) {
		lower_error("checkpoint: no memory for %zu clocks: it will be "
			    "given up",
			    n);
		return;
	}
	for (i = 0; i < n; i++) {
		old = target_find(c[i].id);
		if (!old)
			all[m++] = c[i];
		else if (c[i].seq > old->seq)
			old->seq = c[i].seq;
	}
	if (n_targets)
		memcpy(all + m, targets, n_targets * sizeof(*all));
	m += n_targets;
	qsort(all, m, sizeof(*all), clock_order);
	free(targets);
	targets = all;
	n_targets = m;
}

void back_target(const struct clock *c, size_t n)
{
	struct coll_clock *k;

	if (!n)
		return;
	pthread_mutex_lock(&lock);
	targets_merge(c, n);
	objects_lock();
	for (k = target_next(NULL); k; k = target_next(k))
		k->target = target_of(k->id, k->target);
	objects_unlock();
	pthread_mutex_unlock(&lock);
	/* Parked threads look again. */
	raw_syscall6(SYS_futex, (long)&GATE->pending, FUTEX_WAKE, 0x7fffffff, 0,
		     0, 0);
}

int back_parked(const struct thread *t)
{
	return __atomic_load_n(&t->mpi[CLOCK_PARKED], __ATOMIC_ACQUIRE) != 0;
}

static int state_thread(struct thread *t, void *arg)
{
	struct back_state *s = arg;
	uint64_t parked;

	if (__atomic_load_n(&t->in_coll, __ATOMIC_ACQUIRE) > 0)
		s->inside++;
	parked = __atomic_load_n(&t->mpi[CLOCK_PARKED], __ATOMIC_ACQUIRE);
	if (!parked)
		return 0;
	s->parked++;
	s->at.id[0] = t->mpi[CLOCK_ID0];
	s->at.id[1] = t->mpi[CLOCK_ID1];
	s->at.seq = t->mpi[CLOCK_NEEDS];
	s->at.members = (uint32_t)(parked - 1);
	return 0;
}

void back_state(struct back_state *s)
{
	struct coll_clock *k;

	memset(s, 0, sizeof(*s));
	pthread_mutex_lock(&lock);
	objects_lock();
	s->total = wakes;
	for (k = target_next(NULL); k; k = target_next(k))
		s->total += k->seq;
	objects_unlock();
	s->behind = clocks_behind();
	thread_each(state_thread, s);
	pthread_mutex_unlock(&lock);
}

static int thread_calls(struct thread *t, void *arg)
{
	if (__atomic_load_n(&t->in_coll, __ATOMIC_ACQUIRE) <= 0)
		return 0;
	*(int *)arg = t->vtid;
	return 1;
}

int back_callback(void)
{
	int tid = 0;

	thread_each(thread_calls, &tid);
	return tid;
}

size_t back_passed(struct clock *c)
{
	size_t n;

	pthread_mutex_lock(&lock);
	n = n_passed;
	memcpy(c, passed, n * sizeof(*c));
	n_passed = 0;
	pthread_mutex_unlock(&lock);
	return n;
}

void back_clear_targets(void)
{
	struct coll_clock *k;

	pthread_mutex_lock(&lock);
	objects_lock();
	for (k = target_next(NULL); k; k = target_next(k))
		k->target = 0;
	objects_unlock();
	thread_each(thread_unpark, NULL);
	free(targets);
	targets = NULL;
	n_targets = 0;
	n_passed = 0;
	reading = 0;
	pthread_mutex_unlock(&lock);
}
