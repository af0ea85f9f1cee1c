/* SPDX-License-Identifier: MIT */
/* stop.c - stop all threads of the upper half where they can be saved
 *
 * The handler is freestanding: it runs on the application's stack under the
 * upper FS. A thread stops only in upper code and outside every hook and every
 * crossing (depth 0); otherwise the handler returns and the agent asks again.
 * The kernel's signal frame, in upper memory, is the thread's saved context.
 */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/ucontext.h>
#include <time.h>
#include <ucontext.h>
#include "../common/lower_hooks.h"
#include "../upper-half/cputime.h"
#include "../upper-half/handlers.h"
#include "../upper-half/ids.h"
#include "../upper-half/trampoline.h"
#include "../upper-half/pending.h"
#include "../upper-half/sig.h"
#include "../upper-half/syscall_resume.h"
#include "../upper-half/task_attr.h"
#include "../common/futex.h"
#include "../common/stress.h"
#include "../common/sync.h"
#include "../upper-half/thread.h"
#include "../upper-half/vm.h"
#include "sample.h"
#include "stop.h"

#define SA_RESTORER_ 0x04000000UL

void sig_return(void);

static uint32_t generation; /* futex: threads wait for it to change */
static uint32_t stopped;    /* futex: how many have stopped */
static int crowded;	    /* no room in the queue of signals, last time */

/* glibc uses the signal itself, to call setuid and its like in all threads. Its
 * handler looks at the sender, and finds its thread by the upper FS. */
static void chain(struct thread *t, int sig, siginfo_t *info, void *uc)
{
	uint64_t h = sig_get(sig)->handler;
	int fast = (int)GATE->fsgsbase;
	uint64_t fs = tls_get(fast);

	ids_siginfo(info);
	if (h <= 1 || !t)
		return;
	if (fs != t->upper_fs && t->upper_fs)
		tls_set(fast, t->upper_fs);
	((void (*)(int, siginfo_t *, void *))h)(sig, info, uc);
	if (fs != t->upper_fs && t->upper_fs)
		tls_set(fast, fs);
}

static void save_kernel_state(struct thread *t)
{
	uint64_t fs = tls_get((int)GATE->fsgsbase);

	/* The thread may have gone back to an FS that it had before. Before
	 * ld.so has set any, FS can be the lower half's. */
	if (fs != t->lower_fs)
		t->upper_fs = fs;
	raw_syscall2(SYS_arch_prctl, ARCH_GET_GS_OP, (long)&t->gs_base);
	t->gs_base = thread_own_gs(t->gs_base);
	raw_syscall3(SYS_get_robust_list, 0, (long)&t->robust_list,
		     (long)&t->robust_len);
	raw_syscall2(SYS_prctl, PR_GET_NAME, (long)t->name);
	raw_syscall3(SYS_sched_getaffinity, 0, sizeof(t->affinity),
		     (long)t->affinity);
	task_attr_save(t->attr);
	cputime_save(t);
}

/* 0: the round that asked us is over, and nobody would wake us. */
static int stand_still(struct thread *t, uint32_t gen)
{
	struct hold h;
	int asked;

	sync_lock(LOCK_STOP, &h);
	asked = generation == gen;
	if (asked)
		__atomic_store_n(&t->state, THREAD_STOPPED, __ATOMIC_RELEASE);
	sync_unlock(LOCK_STOP, &h);
	return asked;
}

static uint64_t collect_shared; /* signals that wait for the process */

/* t->collect is 1, or 2 when the thread is to collect the process's signals
 * too. */
static void collect(struct thread *t)
{
	pending_collect(t, t->collect == 2 ? collect_shared : 0);
	__atomic_store_n(&t->collect, 0, __ATOMIC_RELEASE);
	__atomic_fetch_add(&stopped, 1, __ATOMIC_RELEASE);
	futex_wake(&stopped, INT_MAX);
}

static void stand(struct thread *t, uint32_t gen)
{
	__atomic_fetch_add(&stopped, 1, __ATOMIC_RELEASE);
	futex_wake(&stopped, INT_MAX);
	while (__atomic_load_n(&generation, __ATOMIC_ACQUIRE) == gen) {
		if (__atomic_load_n(&t->collect, __ATOMIC_ACQUIRE))
			collect(t);
		futex_wait(&generation, gen, -1);
	}
}

/* Where the thread is in upper code, at depth 0: the context to be saved. */
static void stop_here(struct thread *t, ucontext_t *uc, uint32_t gen)
{
	save_kernel_state(t);
	t->frame = (uint64_t)uc;
	STRESS_POINT();
	if (stand_still(t, gen))
		stand(t, gen);
	STRESS_POINT();
}

/* A signal that comes too late to stop anything, or that asks for a sample, may
 * have interrupted a system call all the same. */
static void stop_handler(int sig, siginfo_t *info, void *arg)
{
	ucontext_t *uc = arg;
	greg_t *g = uc->uc_mcontext.gregs;
	struct thread *t = thread_self();
	uint32_t gen = __atomic_load_n(&generation, __ATOMIC_ACQUIRE);
	uint64_t call;

	if (info->si_code != SI_QUEUE ||
	    info->si_value.sival_int != SIG_STOP_VALUE) {
		chain(t, sig, info, arg);
		return;
	}
	if (t) {
		__atomic_store_n(&t->asked, 0, __ATOMIC_RELEASE);
		sample_take(t, uc);
		handlers_settle(t, uc);
	}
	if (!t || t->state != THREAD_RUNNING || t->depth || t->vforked ||
	    t->handlers > 0 || !vm_is_upper((uint64_t)g[REG_RIP]))
		return;
	if (trampoline_at((uint64_t)g[REG_RIP], &call) == TRAMPOLINE_AFTER &&
	    !syscall_resumes(t, g))
		return;
	if (trampoline_between((uint64_t)g[REG_RIP], g[REG_RAX]))
		return;
	syscall_resume(t, g);
	if (GATE->pending >= PENDING_STOP)
		stop_here(t, uc, gen);
	syscall_interrupt(t, g, *(uint64_t *)&uc->uc_sigmask);
}

void stop_begin(void)
{
	struct ksigaction ignore = { .handler = 1 /* SIG_IGN */ };
	uint64_t stop = 1UL << (SIG_STOP - 1);

	raw_syscall4(SYS_rt_sigaction, SIG_STOP, (long)&ignore, 0, 8);
	raw_syscall4(SYS_rt_sigprocmask, SIG_UNBLOCK, (long)&stop, 0, 8);
}

int stop_init(void)
{
	struct ksigaction k = {
		.handler = (uint64_t)stop_handler,
		/* No SA_ONSTACK: the frame must lie in upper memory, and an
		 * alternate stack may be the native MPI library's. */
		.flags = SA_SIGINFO | SA_RESTART | SA_RESTORER_,
		.restorer = (uint64_t)sig_return,
		.mask = ~0UL,
	};

	return (int)raw_syscall4(SYS_rt_sigaction, SIG_STOP, (long)&k, 0, 8);
}

/* Real-time signals queue: one at a time is enough. */
int stop_ask(struct thread *t)
{
	siginfo_t si = { .si_signo = SIG_STOP, .si_code = SI_QUEUE };
	long rc;

	si.si_value.sival_int = SIG_STOP_VALUE;
	if (__atomic_exchange_n(&t->asked, 1, __ATOMIC_ACQ_REL))
		return 0;
	rc = raw_syscall4(SYS_rt_tgsigqueueinfo, raw_syscall0(SYS_getpid),
			  t->tid, SIG_STOP, (long)&si);
	if (rc < 0)
		t->asked = 0; /* no room in the queue: ask again */
	return rc < 0 ? (int)rc : 0;
}

static int ask(struct thread *t, void *arg)
{
	int *left = arg, pid = (int)raw_syscall0(SYS_getpid);

	if (__atomic_load_n(&t->state, __ATOMIC_ACQUIRE) == THREAD_STOPPED)
		return 0;
	/* A thread that ends the process stays in lower code. The others may
	 * still change memory. */
	if (t->state == THREAD_ENDING)
		return 0;
	/* The first thread's task stays until the process ends. */
	if (t->state == THREAD_EXITING && t->tid == pid)
		return 0;
	if (t->state == THREAD_EXITING && lower_thread_ended(t))
		return 0;
	(*left)++;
	STRESS_POINT();
	if (t->state == THREAD_RUNNING && stop_ask(t) < 0)
		crowded = 1;
	return 0;
}

int stop_all(int wait_ms, int *left)
{
	do {
		uint32_t was = __atomic_load_n(&stopped, __ATOMIC_ACQUIRE);

		*left = crowded = 0;
		thread_each(ask, left);
		if (*left == 0)
			return 0;
		futex_wait(&stopped, was, 1);
	} while (wait_ms-- > 0);
	return 1;
}

int stop_crowded(void)
{
	return crowded;
}

static int in_handler(struct thread *t, void *arg)
{
	if (t->state != THREAD_RUNNING || t->handlers <= 0)
		return 0;
	*(int *)arg = t->vtid;
	return 1;
}

int stop_in_handler(void)
{
	int tid = 0;

	thread_each(in_handler, &tid);
	return tid;
}

static int timeout_restart(struct thread *t, void *arg)
{
	(void)arg;
	if (t->note_nr && t->state != THREAD_RUNNING)
		t->note_start_ns = syscall_now();
	return 0;
}

void stop_restart_timeouts(void)
{
	thread_each(timeout_restart, NULL);
}

/* The state is changed here, not by the thread when it runs: by then the next
 * stop may have begun, which must not take the thread for stopped. */
static int mark_running(struct thread *t, void *arg)
{
	(void)arg;
	if (t->state == THREAD_STOPPED)
		__atomic_store_n(&t->state, THREAD_RUNNING, __ATOMIC_RELEASE);
	return 0;
}

static int ask_collect(struct thread *t, void *arg)
{
	struct thread **first = arg;

	if (t->state != THREAD_STOPPED)
		return 0;
	if (!*first || t->tid == (int)raw_syscall0(SYS_getpid))
		*first = t;
	t->collect = t->pending != 0;
	return 0;
}

static int collects(struct thread *t, void *arg)
{
	(void)arg;
	return __atomic_load_n(&t->collect, __ATOMIC_ACQUIRE) != 0;
}

void stop_collect(uint64_t shared)
{
	struct thread *first = NULL;
	uint32_t was;

	collect_shared = shared;
	thread_each(ask_collect, &first);
	if (first && shared)
		__atomic_store_n(&first->collect, 2, __ATOMIC_RELEASE);
	do {
		was = __atomic_load_n(&stopped, __ATOMIC_ACQUIRE);
		futex_wake(&generation, INT_MAX);
		if (!thread_each(collects, NULL))
			break;
		futex_wait(&stopped, was, 10);
	} while (1);
}

void stop_resume(void)
{
	struct hold h;

	stop_restart_timeouts();
	sync_lock(LOCK_STOP, &h);
	thread_each(mark_running, NULL);
	STRESS_POINT();
	__atomic_fetch_add(&generation, 1, __ATOMIC_RELEASE);
	sync_unlock(LOCK_STOP, &h);
	futex_wake(&generation, INT_MAX);
}
