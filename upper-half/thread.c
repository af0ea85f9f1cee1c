/* SPDX-License-Identifier: MIT */
/* thread.c - records of the upper half's threads
 *
 * Freestanding. Records live in keep memory; the table from FS to record is
 * lower memory, made anew by each lower half. Look-ups take no lock: an entry's
 * record is written before its key, and keys are single words.
 */
#include "half_hooks.h"
#include "sync.h"
#include "thread.h"

#define SLOTS  65536u /* more than a process has threads */
#define GONE   1UL
#define NEVER  0UL

static struct {
	uint64_t fs;
	struct thread *t;
} table[SLOTS];

static struct thread *before_tls; /* the main thread while FS is 0 */
static uint32_t table_lock, list_lock; /* list first */

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

	sync_lock(&table_lock, &h);
	for (i = slot_of(fs), n = 0; n < SLOTS; i = (i + 1) % SLOTS, n++) {
		if (table[i].fs == fs || table[i].fs == NEVER)
			break;
		if (table[i].fs == GONE && hole == SLOTS)
			hole = i;
	}
	if (table[i].fs != fs && hole != SLOTS)
		i = hole;
	table[i].t = t;
	__atomic_store_n(&table[i].fs, fs, __ATOMIC_RELEASE);
	sync_unlock(&table_lock, &h);
}

void thread_unbind(uint64_t fs)
{
	uint32_t i, n;
	struct hold h;

	sync_lock(&table_lock, &h);
	for (i = slot_of(fs), n = 0; n < SLOTS; i = (i + 1) % SLOTS, n++) {
		if (table[i].fs == fs)
			table[i].fs = GONE;
		else if (table[i].fs != NEVER)
			continue;
		break;
	}
	sync_unlock(&table_lock, &h);
}

struct thread *thread_create(void)
{
	struct thread *t = keep_alloc(sizeof(*t));
	struct hold h;

	if (!t)
		return NULL;
	sync_lock(&list_lock, &h);
	t->next = KEEP_ROOT->threads;
	if (t->next)
		t->next->prev = t;
	KEEP_ROOT->threads = t;
	sync_unlock(&list_lock, &h);
	return t;
}

void thread_remove(struct thread *t)
{
	struct hold h;

	sync_lock(&list_lock, &h);
	if (t->prev)
		t->prev->next = t->next;
	else
		KEEP_ROOT->threads = t->next;
	if (t->next)
		t->next->prev = t->prev;
	sync_unlock(&list_lock, &h);
	keep_free(t);
}

int thread_each(int (*fn)(struct thread *t, void *arg), void *arg)
{
	struct thread *t, *next;
	struct hold h;
	int r = 0;

	sync_lock(&list_lock, &h);
	for (t = KEEP_ROOT->threads; t && !r; t = next) {
		next = t->next;
		r = fn(t, arg);
	}
	sync_unlock(&list_lock, &h);
	return r;
}

static struct thread *search(int id, int virtual)
{
	struct thread *t;
	struct hold h;

	sync_lock(&list_lock, &h);
	for (t = KEEP_ROOT->threads; t; t = t->next)
		if ((virtual ? t->vtid : t->tid) == id)
			break;
	sync_unlock(&list_lock, &h);
	return t;
}

struct thread *thread_by_vtid(int vtid)
{
	return search(vtid, 1);
}

struct thread *thread_by_tid(int tid)
{
	return search(tid, 0);
}

/*
 * FS was set where no hook sees it: ld.so does so when it gives the main thread
 * its TLS, and green threads may. A forked child has no use for it, and perhaps
 * a lock whose holder it lacks.
 */
static struct thread *moved(uint64_t fs)
{
	struct thread *t;

	if (half_is_child())
		return NULL;
	t = thread_by_tid((int)raw_syscall0(SYS_gettid));
	if (!t || t->state != THREAD_RUNNING)
		return NULL;
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
