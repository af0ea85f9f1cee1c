/* SPDX-License-Identifier: MIT */
/* resume.c - threads of an image, made anew and set going
 *
 * Each thread comes back by rt_sigreturn(2) to the frame that the stop signal
 * left on its stack: registers, vector state, signal mask and alternate stack.
 * The rest of its kernel state is put back here. The functions that run on new
 * threads are freestanding: the FS in force is the upper one.
 */
#include <errno.h>
#include <limits.h>
#include <linux/sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <ucontext.h>
#include "../common/lower_hooks.h"
#include "../common/futex.h"
#include "../lower-half/core.h"
#include "../lower-half/donor.h"
#include "../upper-half/app.h"
#include "../upper-half/creds.h"
#include "../upper-half/cputime.h"
#include "../upper-half/trampoline.h"
#include "../upper-half/pending.h"
#include "../upper-half/sig.h"
#include "../upper-half/syscall_resume.h"
#include "../upper-half/task_attr.h"
#include "../upper-half/thread.h"
#include "cpu_map.h"
#include "resume.h"

#define STACK 8192UL
#define FLAGS                                                                  \
	(CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |    \
	 CLONE_SYSVSEM | CLONE_SETTLS | CLONE_CHILD_CLEARTID)

long resume_clone(long flags, uint64_t stack, uint64_t child_tid, uint64_t tls,
		  void (*fn)(struct thread *), struct thread *t);
void sig_resume(uint64_t frame) __attribute__((noreturn));

static uint32_t ready, go;
static struct task_attr given;
static const char *missed; /* what the kernel did not allow, of some thread */

void resume_given(const struct task_attr *g)
{
	given = *g;
}

static int bind(struct thread *t, void *arg)
{
	(void)arg;
	t->depth = 0;
	t->handlers = 0;
	memset(t->handler, 0, sizeof(t->handler));
	t->moved = 0;
	t->hooks = 0;
	t->sharers = 0;
	t->in_coll = 0;
	t->asked = 0;
	t->collect = 0;
	t->vforked = 0;
	t->donor = NULL;
	t->newborn = NULL;
	t->tid = 0;
	/* With the state that it has in the image, a round that begins before
	 * the thread runs would take it for stopped. */
	if (t->state == THREAD_STOPPED)
		t->state = THREAD_STARTING;
	if (t->gs_base && GATE->tls == GATE_TLS_GS_FIXED)
		GATE->tls = GATE_TLS_GS_ASKED;
	thread_bind(t->upper_fs, t);
	if (t->vtid == APP->pid)
		core.main_thread = t;
	return 0;
}

static int find_dead(struct thread *t, void *arg)
{
	if (t->state != THREAD_EXITING || t == core.main_thread)
		return 0;
	*(struct thread **)arg = t;
	return 1;
}

int resume_bind(void)
{
	struct thread *dead;

	memset(KEEP_ROOT->locks, 0, sizeof(KEEP_ROOT->locks));
	thread_each(bind, NULL);
	if (!core.main_thread)
		return -EINVAL;
	while (thread_each(find_dead, &dead)) {
		thread_unbind(dead->upper_fs);
		thread_remove(dead);
	}
	core.main_thread->tid = core.pid;
	core.main_thread->lower_fs = tls_get((int)GATE->fsgsbase);
	thread_bind(core.main_thread->lower_fs, core.main_thread);
	thread_main(core.main_thread);
	donor_serve(core.main_thread);
	return 0;
}

struct move {
	const uint64_t *old;
	struct cpu_map *place; /* made for the first thread that is bound */
	const struct cpu_place *from;
	size_t n_from;
	struct cpu_place to[CPUS_MAX];
};

static int move(struct thread *t, void *arg)
{
	struct move *m = arg;

	if (!memcmp(t->affinity, m->old, sizeof(t->affinity))) {
		memcpy(t->affinity, core.cpus, sizeof(t->affinity));
		return 0; /* not bound: it may use all we have */
	}
	/* The thread had chosen processors beyond those of its launcher: their
	 * places are not known. */
	if (!topology_bound(t->affinity, m->old))
		return 0;
	if (!m->place) {
		m->place = malloc(sizeof(*m->place));
		if (!m->place)
			return -ENOMEM;
		cpu_map_make(m->place, m->from, m->n_from, m->to,
			     topology_read(core.cpus, m->to));
	}
	cpu_map_move(m->place, t->affinity);
	return 0;
}

int resume_cpus(const uint64_t old[16], const struct cpu_place *from, size_t n)
{
	struct cpu_place plain[CPUS_MAX];
	struct move m = { .old = old, .from = from, .n_from = n };
	int rc = 0;

	if (!from) {
		m.from = plain;
		m.n_from = topology_plain(old, plain);
	}
	if (topology_size(core.cpus) && topology_size(old))
		rc = thread_each(move, &m);
	free(m.place);
	return rc;
}

/* Freestanding: what the kernel knows of a thread beyond its signal frame. */
static void kernel_state(struct thread *t)
{
	const struct creds *creds = t->creds ? t->creds : APP->creds;
	uint64_t gs = t->gs_base;
	const char *failed;

	if (!gs && GATE->tls != GATE_TLS_FS)
		gs = t->lower_fs;
	raw_syscall2(SYS_arch_prctl, ARCH_SET_GS_OP, (long)gs);
	if (t->robust_list)
		raw_syscall2(SYS_set_robust_list, (long)t->robust_list,
			     (long)t->robust_len);
	if (t->rseq)
		raw_syscall4(SYS_rseq, (long)t->rseq, (long)t->rseq_len, 0,
			     (long)t->rseq_sig);
	raw_syscall2(SYS_prctl, PR_SET_NAME, (long)t->name);
	raw_syscall3(SYS_sched_setaffinity, 0, sizeof(t->affinity),
		     (long)t->affinity);
	failed = task_attr_restore(t->attr, &given);
	if (failed)
		__atomic_store_n(&missed, failed, __ATOMIC_RELEASE);
	/* The thread must not go on with more rights than it had. */
	if (creds->apply && creds_become(creds) < 0)
		lower_die("a thread cannot become the user it was: "
			  "restart it as that user, or as root");
	if (creds->apply) /* changing ids has taken it away */
		raw_syscall2(SYS_prctl, PR_SET_PDEATHSIG,
			     t->attr->death_signal);
	cputime_resume(t);
}

static void __attribute__((noreturn)) go_on(struct thread *t)
{
	ucontext_t *uc = (ucontext_t *)t->frame;

	syscall_interrupt(t, uc->uc_mcontext.gregs,
			  *(uint64_t *)&uc->uc_sigmask);
	trampoline_restart(uc->uc_mcontext.gregs);
	sig_resume(t->frame);
}

static void resume_thread(struct thread *t)
{
	t->tid = (int)raw_syscall0(SYS_gettid);
	kernel_state(t);
	pending_raise(t, 0);
	__atomic_fetch_add(&ready, 1, __ATOMIC_RELEASE);
	futex_wake(&ready, INT_MAX);
	while (!__atomic_load_n(&go, __ATOMIC_ACQUIRE))
		futex_wait(&go, 0, -1);
	__atomic_store_n(&t->state, THREAD_RUNNING, __ATOMIC_RELEASE);
	go_on(t);
}

struct plan {
	struct thread **at;
	size_t n, cap;
};

static int collect(struct thread *t, void *arg)
{
	struct plan *p = arg;

	if (t != core.main_thread && p->n < p->cap)
		p->at[p->n] = t;
	p->n += t != core.main_thread;
	return 0;
}

static int create_one(struct thread *t, char *stack)
{
	uint64_t all = ~0UL, old;
	int rc = 0;
	long tid;

	if (t->lower_fs) {
		t->lower_fs = 0;
		rc = donor_make(t);
	}
	if (rc < 0)
		return rc;
	raw_syscall4(SYS_rt_sigprocmask, 0, (long)&all, (long)&old, 8);
	tid = resume_clone(FLAGS, (uint64_t)stack + STACK, t->clear_tid,
			   t->upper_fs, resume_thread, t);
	raw_syscall4(SYS_rt_sigprocmask, 2, (long)&old, 0, 8);
	return tid < 0 ? (int)tid : 0;
}

int resume_create(char *note, size_t len)
{
	struct plan p = { 0 };
	char *stacks;
	size_t i;
	int rc = 0;

	thread_each(collect, &p);
	p.cap = p.n;
	p.n = 0;
	note[0] = 0;
	if (p.cap == 0)
		return 0;
	p.at = calloc(p.cap, sizeof(*p.at));
	/* These stacks are only for the beginning: the threads move to their
	 * own at once, and the memory stays. */
	stacks = mmap(NULL, p.cap * STACK, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (!p.at || stacks == MAP_FAILED)
		return -ENOMEM;
	thread_each(collect, &p);
	for (i = 0; i < p.cap && !rc; i++)
		rc = create_one(p.at[i], stacks + i * STACK);
	free(p.at);
	while (!rc) {
		uint32_t n = __atomic_load_n(&ready, __ATOMIC_ACQUIRE);

		if (n == p.cap)
			break;
		futex_wait(&ready, n, -1);
	}
	if (missed)
		snprintf(note, len,
			 "a thread's %s cannot be restored here: "
			 "going on without",
			 missed);
	return rc;
}

void resume_go(uint64_t pending)
{
	struct thread *t = core.main_thread;
	uint64_t all = ~0UL;

	raw_syscall4(SYS_rt_sigprocmask, 2, (long)&all, 0, 8);

	raw_syscall1(SYS_set_tid_address, (long)t->clear_tid);
	donor_forget_rseq();
	/* A thread saved before ld.so had set FS keeps the lower half's, as at
	 * launch: lower code reads its stack protector's word there. */
	if (t->upper_fs || GATE->tls == GATE_TLS_FS)
		tls_set((int)GATE->fsgsbase, t->upper_fs);
	kernel_state(t);
	if (APP->creds->apply || APP->attr.dumpable != APP->attr_given.dumpable)
		raw_syscall2(SYS_prctl, PR_SET_DUMPABLE, APP->attr.dumpable);
	cputime_resume_process();
	pending_raise(t, pending);
	if (t->state != THREAD_EXITING)
		__atomic_store_n(&t->state, THREAD_RUNNING, __ATOMIC_RELEASE);
	__atomic_store_n(&go, 1, __ATOMIC_RELEASE);
	futex_wake(&go, INT_MAX);
	if (t->state == THREAD_EXITING) /* pthread_exit in main */
		raw_syscall1(SYS_exit, 0);
	go_on(t);
}
