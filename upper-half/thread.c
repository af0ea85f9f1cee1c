/* SPDX-License-Identifier: MIT */
/* thread.c - records of the upper half's threads
 *
 * Freestanding. Records live in keep memory; the table from FS to record is
 * lower memory, made anew by each lower half. Look-ups take no lock: an entry's
 * record is written before its key, and keys are single words.
 */
#include "../common/lower_hooks.h"
#include "ids.h"
#include "../common/attributes.h"
#include "../common/stress.h"
#include "../common/sync.h"
#include "thread.h"

#define SLOTS 65536u /* more than a process has threads */
#define GONE  1UL
#define NEVER 0UL

static struct {
	uint64_t fs;
	struct thread *t;
} table[SLOTS];

static struct thread *before_tls; /* the main thread while FS is 0 */

static uint32_t slot_of(uint64_t fs)
{
	return (uint32_t)((fs >> 6) * 0x9e3779b97f4a7c15UL >> 48) % SLOTS;
}

static struct thread *find(uint64_t fs)
{
	uint32_t i, n;

	if (fs <= GONE)
		return before_tls;
	for (i = slot_of(fs), n = 0; n < SLOTS; i = (i + 1) % SLOTS, n++) {
		uint64_t k = __atomic_load_n(&table[i].fs, __ATOMIC_ACQUIRE);

		if (k == fs)
			return table[i].t;
		if (k == NEVER)
			break;
	}
	return NULL;
}

uint64_t thread_own_gs(uint64_t gs)
{
	return gs <= GONE || find(gs) ? 0 : gs;
}

/* A new thread has its maker's GS, which its first crossing replaces. */
uint64_t thread_take_gs(struct thread *t)
{
	int fast = (int)GATE->fsgsbase;
	uint64_t gs = gs_get(fast);

	if (gs == t->lower_fs)
		return 0;
	gs_set(fast, t->lower_fs);
	return thread_own_gs(gs);
}

void thread_main(struct thread *t)
{
	before_tls = t;
}

void thread_bind(uint64_t fs, struct thread *t)
{
	uint32_t i, n, hole = SLOTS;
	struct hold h;

	sync_lock(LOCK_TABLE, &h);
	for (i = slot_of(fs), n = 0; n < SLOTS; i = (i + 1) % SLOTS, n++) {
		if (table[i].fs == fs || table[i].fs == NEVER)
			break;
		if (table[i].fs == GONE && hole == SLOTS)
			hole = i;
	}
	if (table[i].fs != fs && hole != SLOTS)
		i = hole;
	STRESS_POINT();
	table[i].t = t;
	__atomic_store_n(&table[i].fs, fs, __ATOMIC_RELEASE);
	sync_unlock(LOCK_TABLE, &h);
}

/* Where nothing follows the entry, look-ups need not go on beyond it, so its
 * slot becomes empty again. The caller has the lock. */
static void forget(uint32_t i)
{
	table[i].fs = GONE;
	while (table[i].fs == GONE && table[(i + 1) % SLOTS].fs == NEVER) {
		__atomic_store_n(&table[i].fs, NEVER, __ATOMIC_RELEASE);
		i = (i + SLOTS - 1) % SLOTS;
	}
}

void thread_unbind(uint64_t fs)
{
	uint32_t i, n;
	struct hold h;

	if (fs <= GONE)
		return;
	sync_lock(LOCK_TABLE, &h);
	for (i = slot_of(fs), n = 0; n < SLOTS; i = (i + 1) % SLOTS, n++) {
		if (table[i].fs == fs)
			forget(i);
		else if (table[i].fs != NEVER)
			continue;
		break;
	}
	sync_unlock(LOCK_TABLE, &h);
}

void thread_forget(struct thread *t)
{
	struct hold h;
	uint32_t i;

	if (!t->moved) {
		thread_unbind(t->upper_fs);
		return;
	}
	sync_lock(LOCK_TABLE, &h);
	for (i = 0; i < SLOTS; i++)
		if (table[i].fs > GONE && table[i].t == t &&
		    table[i].fs != t->lower_fs)
			forget(i);
	sync_unlock(LOCK_TABLE, &h);
}

struct thread *thread_create(void)
{
	struct thread *t =
		keep_alloc_hook(sizeof(*t) + sizeof(struct task_attr));
	struct hold h;

	if (!t)
		return NULL;
	t->attr = (struct task_attr *)(t + 1);
	sync_lock(LOCK_THREADS, &h);
	t->next = KEEP_ROOT->threads;
	if (t->next)
		t->next->prev = t;
	KEEP_ROOT->threads = t;
	sync_unlock(LOCK_THREADS, &h);
	return t;
}

/* The caller has the lock. */
static void unlink_record(struct thread *t)
{
	if (t->prev)
		t->prev->next = t->next;
	else
		KEEP_ROOT->threads = t->next;
	if (t->next)
		t->next->prev = t->prev;
}

void thread_remove(struct thread *t)
{
	struct hold h;

	sync_lock(LOCK_THREADS, &h);
	unlink_record(t);
	sync_unlock(LOCK_THREADS, &h);
	keep_free(t->creds);
	keep_free(t);
}

void thread_sweep(int (*gone)(struct thread *t))
{
	struct thread *t, *next, *dead = NULL;
	struct hold h;

	sync_lock(LOCK_THREADS, &h);
	for (t = KEEP_ROOT->threads; t; t = next) {
		next = t->next;
		if (!gone(t))
			continue;
		unlink_record(t);
		t->next = dead;
		dead = t;
	}
	sync_unlock(LOCK_THREADS, &h);
	STRESS_POINT();
	for (t = dead; t; t = next) {
		next = t->next;
		keep_free(t->creds);
		keep_free(t);
	}
}

int thread_each(int (*fn)(struct thread *t, void *arg), void *arg)
{
	struct thread *t, *next;
	struct hold h;
	int rc = 0;

	sync_lock(LOCK_THREADS, &h);
	for (t = KEEP_ROOT->threads; t && !rc; t = next) {
		next = t->next;
		rc = fn(t, arg);
	}
	sync_unlock(LOCK_THREADS, &h);
	return rc;
}

static int is_other(struct thread *t)
{
	return t->tid != lower_pid();
}

int thread_is_only(const struct thread *t)
{
	return KEEP_ROOT->threads == t && !t->next;
}

void thread_alone(struct thread *t)
{
	if (!thread_is_only(t))
		thread_sweep(is_other);
}

/* The caller has the lock. Threads that are ending do not count: one may be
 * gone, and its id another's. */
static struct thread *search(int id, int virtual)
{
	struct thread *t;

	for (t = KEEP_ROOT->threads; t; t = t->next)
		if ((virtual ? t->vtid : t->tid) == id &&
		    t->state != THREAD_EXITING)
			break;
	return t;
}

/* The id of the other kind; 0: there is no such thread. */
static int other_id(int id, int virtual)
{
	struct thread *t;
	struct hold h;
	int other;

	sync_lock(LOCK_THREADS, &h);
	t = search(id, virtual);
	other = !t ? 0 : virtual ? t->tid : t->vtid;
	sync_unlock(LOCK_THREADS, &h);
	return other;
}

int thread_tid(int vtid)
{
	return other_id(vtid, 1);
}

int thread_vtid(int tid)
{
	return other_id(tid, 0);
}

int thread_name(struct thread *t, int tid)
{
	struct thread *u;
	struct hold h;
	int vtid = t->vtid ? t->vtid : ids_name(tid);

	sync_lock(LOCK_THREADS, &h);
	if (!t->vtid) {
		/* The kernel gives an id again once its thread is gone. */
		for (u = KEEP_ROOT->threads; u; u = u->next)
			if (u->tid == tid && u->state == THREAD_EXITING)
				u->tid = 0;
		t->tid = tid;
		t->vtid = vtid;
		/* Written here because later the thread may have ended, and the
		 * kernel cleared the word. */
		if (t->parent_tid && vtid != tid)
			*(int *)t->parent_tid = vtid;
	}
	sync_unlock(LOCK_THREADS, &h);
	return t->vtid;
}

/*
 * FS was set where no hook sees it: ld.so does so when it gives the main thread
 * its TLS, and green threads may. The record that is found is the calling
 * thread's own, so it stays when the lock is released.
 */
static struct thread *moved(uint64_t fs)
{
	struct thread *t;
	struct hold h;

	sync_lock(LOCK_THREADS, &h);
	t = search((int)raw_syscall0(SYS_gettid), 0);
	sync_unlock(LOCK_THREADS, &h);
	if (!t || t->state != THREAD_RUNNING)
		return NULL;
	t->moved |= t->upper_fs != 0;
	t->upper_fs = fs;
	thread_bind(fs, t);
	return t;
}

struct thread *thread_self(void)
{
	uint64_t fs = tls_get((int)GATE->fsgsbase);
	struct thread *t = find(fs);

	return t ? t : moved(fs);
}
