/* SPDX-License-Identifier: MIT */
/* exit.c - how threads and processes of the upper half end
 *
 * Called from hooks under the upper FS (see lower_hooks.h): freestanding down
 * to the explicit crossing in lower_process_exit.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>
#include "../common/back.h"
#include "../common/keep.h"
#include "../common/lower.h"
#include "../common/lower_hooks.h"
#include "../common/stress.h"
#include "../upper-half/app.h"
#include "../upper-half/futex_pi.h"
#include "../upper-half/ids.h"
#include "../upper-half/sig.h"
#include "../upper-half/thread.h"
#include "agent.h"
#include "children.h"
#include "core.h"
#include "exit.h"
#include "donor.h"
#include "timers.h"

void lower_exit(int code)
{
	agent_goodbye(code);
	_exit(code);
}

void lower_exits(int code)
{
	agent_finished(code);
}

void lower_native_enter(struct lower_native *s)
{
	int i;

	for (i = 1; i <= SIGS; i++)
		raw_syscall4(SYS_rt_sigaction, i, 0, (long)s->action[i], 8);
	raw_syscall2(SYS_sigaltstack, 0, (long)s->stack);
	s->n_children = children_of_thread(s->children, 64);
	s->n_timers = timers_ids(s->timers, 64);
}

void lower_native_leave(const struct lower_native *s)
{
	int i;

	/* Other threads may set actions meanwhile, so sig.c knows what is to be
	 * put back. When MPI starts in a restart there are no others, and upper
	 * memory, where sig.c keeps them, is not in place. */
	for (i = 1; i <= SIGS; i++)
		if (core.main_thread)
			sig_put_back(i, (const void *)s->action[i]);
		else
			raw_syscall4(SYS_rt_sigaction, i, (long)s->action[i], 0,
				     8);
	raw_syscall2(SYS_sigaltstack, (long)s->stack, 0);
	children_native(s->children, s->n_children);
	timers_native(s->timers, s->n_timers);
}

int lower_is_child(void)
{
	return core.is_child;
}

int lower_pid(void)
{
	return core.pid;
}

int lower_id(void)
{
	return core.is_child ? core.child_id : APP->pid;
}

/* The child shares nothing with the job, so it drops its copy of the
 * connection. Its parent is known to it by the same id as to the parent
 * itself. */
void lower_forked(struct thread *t)
{
	int pid = (int)raw_syscall0(SYS_getpid), id = ids_name(pid);

	if (GATE->epoch > 1) {
		ids_pair(lower_id(), core.pid);
		t->cpu_past = APP->cpu_past = (struct cputime){ 0 };
	}
	core.is_child = 1;
	if (GATE->pending != PENDING_NONE)
		GATE->pending = PENDING_NONE;
	core.pid = t->tid = pid;
	core.child_id = t->vtid = id;
	core.main_thread = t;
	agent_forked();
}

void lower_thread_exit(struct thread *t)
{
	if (GATE->epoch > 1)
		futex_robust_end(t, NULL);
	__atomic_store_n(&t->state, THREAD_EXITING, __ATOMIC_RELEASE);
	if (t == core.main_thread)
		return; /* the process may live on, and its record with it */
	STRESS_POINT();
	thread_forget(t);
	STRESS_POINT();
	donor_release(t);
}

/*
 * The kernel clears the word that clone or set_tid_address named as it lets go
 * of the memory, and gives the id to others after that: to a thread of the
 * lower half, too, which goes on. The word may be another's memory by then, or
 * none.
 */
int lower_thread_ended(const struct thread *t)
{
	struct iovec to, from = { (void *)t->clear_tid, sizeof(int) };
	int word = 0;
	long n;

	if (!t->tid || raw_syscall3(SYS_tgkill, core.pid, t->tid, 0) == -ESRCH)
		return 1;
	if (!t->clear_tid)
		return 0;
	to = (struct iovec){ &word, sizeof(word) };
	n = raw_syscall6(SYS_process_vm_readv, core.pid, (long)&to, 1,
			 (long)&from, 1, 0);
	return n != sizeof(word) || (word != t->tid && word != t->vtid);
}

/* The thread that has made t may not have come to read t's id yet
 * (thread_made). */
static int looked_at(const struct thread *t)
{
	const struct thread *u;

	for (u = KEEP_ROOT->threads; u; u = u->next)
		if (u->newborn == t)
			return 1;
	return 0;
}

static int is_gone(struct thread *t)
{
	return t->state == THREAD_EXITING && t != core.main_thread &&
	       lower_thread_ended(t) && !looked_at(t);
}

void thread_reap(void)
{
	thread_sweep(is_gone);
}

/* Runs under the lower FS. The agent may save and even end this process
 * meanwhile. */
static void finish(int code)
{
	static struct thread *ends;
	struct thread *none = NULL, *self = lower_self();
	int all = 0, child = children_going_on(core.self);

	if (child && !core.opt.no_coordinator)
		lower_error(
			"%s: the program goes on as process %d, which it has "
			"forked: that cannot be checkpointed yet: run it in "
			"the foreground",
			core.tool, child);
	if (!__atomic_compare_exchange_n(&ends, &none, self, 0,
					 __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE) &&
	    none != self) {
		/* Another thread ends the process, with its code. */
		__atomic_store_n(&self->state, THREAD_ENDING, __ATOMIC_RELEASE);
		for (;;)
			pause();
	}
	core.exit_code = code;
	if (back_must_finish()) {
		__atomic_store_n(&core.finished, 1, __ATOMIC_RELEASE);
		__atomic_store_n(&self->state, THREAD_ENDING, __ATOMIC_RELEASE);
		agent_finished(code);
		while (!all) {
			pthread_mutex_lock(&core.finish_lock);
			all = back_finish_step();
			pthread_mutex_unlock(&core.finish_lock);
			if (!all)
				usleep(500);
		}
		pthread_mutex_lock(&core.finish_lock);
		__atomic_store_n(&core.ending, 1, __ATOMIC_RELEASE);
		back_finish();
		pthread_mutex_unlock(&core.finish_lock);
	}
	back_exit();
	agent_goodbye(code);
}

void lower_process_exit(struct thread *t, int code)
{
	uint64_t back;

	if (core.is_child)
		return;
	if (!t->lower_fs)
		donor_attach();
	back = gate_enter(t);
	finish(code);
	gate_leave(t, back);
	/* The other threads still run, but not for long: their robust futexes
	 * are released now, under the ids that the application knows. */
	if (GATE->epoch > 1)
		thread_each(futex_robust_end, NULL);
}

static int ends(struct thread *t, void *arg)
{
	(void)arg;
	t->state = THREAD_ENDING;
	return 0;
}

/* The image's application had ended: none of its threads is made anew. */
void exit_resume_finished(int code)
{
	thread_each(ends, NULL);
	finish(code);
	_exit(code);
}
