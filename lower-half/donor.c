/* SPDX-License-Identifier: MIT */
/* donor.c - a lower pthread for each upper thread that crosses */
#include <errno.h>
#include <limits.h>
#include <linux/rseq.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/rseq.h>
#include "../common/lower.h"
#include "../common/lower_hooks.h"
#include "../common/futex.h"
#include "../common/stress.h"
#include "../common/sync.h"
#include "../upper-half/thread.h"
#include "donor.h"

#define DONOR_STACK  (256UL << 10)
#define RSEQ_SIG_X86 0x53053053

struct donor {
	uint32_t word; /* 0: not yet, 1: there, 2: go home */
	struct thread *t;
	uint64_t fs;
};

static __thread struct thread *self;

/* One request at a time to the nursery. The thread that holds the lock blocks
 * signals, because a handler of the application may come to need the lock. */
static struct {
	uint32_t lock;
	uint32_t want;
	struct thread *t;
} nursery;

void donor_serve(struct thread *t)
{
	self = t;
}

struct thread *lower_self(void)
{
	return self;
}

long lower_upcall(void *fn, long a, long b, long c, long d, long e, long f)
{
	int fast = (int)GATE->fsgsbase;
	uint64_t now = tls_get(fast), upper = self->upper_fs;
	long result;

	self->in_coll++;  /* nobody is to stop meanwhile: back/agent/clock.c */
	if (now != upper) /* FS is switched, or we are the agent */
		tls_set(fast, upper);
	result = ((long (*)(long, long, long, long, long, long))fn)(a, b, c, d,
								    e, f);
	if (now != upper)
		tls_set(fast, now);
	self->in_coll--;
	return result;
}

void donor_forget_rseq(void)
{
	char *area = (char *)__builtin_thread_pointer() + __rseq_offset;

	if (__rseq_size == 0)
		return;
	raw_syscall4(SYS_rseq, (long)area, 32, RSEQ_FLAG_UNREGISTER,
		     RSEQ_SIG_X86);
	((struct rseq *)area)->cpu_id =
		(uint32_t)RSEQ_CPU_ID_REGISTRATION_FAILED;
}

static void *donor_main(void *arg)
{
	struct donor *p = arg;

	donor_forget_rseq();
	self = p->t;
	p->fs = tls_get((int)GATE->fsgsbase);
	__atomic_store_n(&p->word, 1, __ATOMIC_RELEASE);
	futex_wake(&p->word, 1);
	while (__atomic_load_n(&p->word, __ATOMIC_ACQUIRE) == 1)
		futex_wait(&p->word, 1, -1);
	free(p);
	return NULL;
}

int donor_thread(void *(*fn)(void *), void *arg, size_t stack)
{
	pthread_attr_t a;
	sigset_t all, old;
	pthread_t id;
	int rc;

	sigfillset(&all);
	pthread_attr_init(&a);
	if (stack)
		pthread_attr_setstacksize(&a, stack);
	pthread_attr_setdetachstate(&a, PTHREAD_CREATE_DETACHED);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	rc = pthread_create(&id, &a, fn, arg);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	pthread_attr_destroy(&a);
	return -rc;
}

int donor_make(struct thread *t)
{
	struct donor *p = calloc(1, sizeof(*p));
	int rc;

	if (!p)
		return -ENOMEM;
	p->t = t;
	rc = donor_thread(donor_main, p, DONOR_STACK);
	if (rc < 0) {
		free(p);
		return rc;
	}
	while (__atomic_load_n(&p->word, __ATOMIC_ACQUIRE) == 0)
		futex_wait(&p->word, 0, -1);
	t->donor = p;
	STRESS_POINT();
	thread_bind(p->fs, t);
	t->lower_fs = p->fs;
	return 0;
}

static void *nursery_main(void *arg)
{
	(void)arg;
	for (;;) {
		while (__atomic_load_n(&nursery.want, __ATOMIC_ACQUIRE) != 1)
			futex_wait(&nursery.want, 0, -1);
		if (donor_make(nursery.t) < 0)
			lower_die("cannot make a thread in the lower half");
		__atomic_store_n(&nursery.want, 0, __ATOMIC_RELEASE);
		futex_wake(&nursery.want, INT_MAX);
	}
	return NULL;
}

int donor_start(void)
{
	return donor_thread(nursery_main, NULL, DONOR_STACK);
}

static void nursery_ask(struct thread *t)
{
	sync_word_lock(&nursery.lock);
	STRESS_POINT();
	nursery.t = t;
	__atomic_store_n(&nursery.want, 1, __ATOMIC_RELEASE);
	futex_wake(&nursery.want, 1);
	while (__atomic_load_n(&nursery.want, __ATOMIC_ACQUIRE))
		futex_wait(&nursery.want, 1, -1);
	sync_word_unlock(&nursery.lock);
	if (GATE->tls == GATE_TLS_GS_FIXED)
		raw_syscall2(SYS_arch_prctl, ARCH_SET_GS_OP, (long)t->lower_fs);
}

/* Called under the upper FS by any upper thread. */
struct thread *donor_attach(void)
{
	struct thread *t = thread_self();
	struct hold h;

	if (!t)
		lower_die("an MPI call from a thread made without TLS");
	t->depth++;
	if (!t->lower_fs) {
		if (lower_is_child()) /* a child has no nursery */
			lower_die("an MPI call in a process that the program "
				  "has forked: MPI does not allow it");
		sync_mask(&h);
		if (!t->lower_fs) /* a handler may have done it */
			nursery_ask(t);
		sync_unmask(&h);
	}
	t->depth--;
	return t;
}

void donor_release(struct thread *t)
{
	struct donor *p = t->donor;

	if (!p)
		return;
	t->donor = NULL;
	thread_unbind(t->lower_fs);
	STRESS_POINT();
	t->lower_fs = 0;
	__atomic_store_n(&p->word, 2, __ATOMIC_RELEASE);
	futex_wake(&p->word, 1);
}
