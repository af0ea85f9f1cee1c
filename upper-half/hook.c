/* SPDX-License-Identifier: MIT */
/* hook.c - what is done with each system call we look at
 *
 * Freestanding: runs under the upper FS, on the application's stack, without
 * vector registers. A hook that answers HOOK_RAW lets the trampoline make the
 * system call in upper code, where the thread can be stopped; only calls that
 * do not wait for others are made here, at depth > 0.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/mman.h>
#include <stddef.h>
#include <sys/stat.h>
#include "../common/lower_hooks.h"
#include "app.h"
#include "clone.h"
#include "cputime.h"
#include "../common/stress.h"
#include "handlers.h"
#include "hook.h"
#include "hook_fd.h"
#include "hook_memory.h"
#include "ids.h"
#include "trampoline.h"
#include "path.h"
#include "sig.h"
#include "syscall_resume.h"
#include "unsaved.h"
#include "vm.h"

/* Threads and processes; how they begin: clone.c */

static long hook_exit(struct hook_regs *r, struct thread *t)
{
	(void)r;
	lower_thread_exit(t);
	return HOOK_RAW;
}

static long hook_exit_group(struct hook_regs *r, struct thread *t)
{
	lower_process_exit(t, (int)r->a[0]);
	return HOOK_RAW;
}

/* A program that runs itself again gives /proc/self/exe as its name. */
static void own_program(struct hook_regs *r)
{
	if (path_is_exe((const char *)r->a[0]))
		r->a[0] = (long)APP->exe;
}

static long hook_execve(struct hook_regs *r, struct thread *t)
{
	long rc;

	(void)t;
	own_program(r);
	rc = lower_exec((const char *)r->a[0], (char **)r->a[1],
			(char **)r->a[2]);
	return rc == 1 ? HOOK_RAW : hook_done(r, rc);
}

static long hook_execveat(struct hook_regs *r, struct thread *t)
{
	long rc = lower_exec_at(r->a);

	(void)t;
	return rc == 1 ? HOOK_RAW : hook_done(r, rc);
}

static long hook_set_tid_address(struct hook_regs *r, struct thread *t)
{
	t->clear_tid = (uint64_t)r->a[0];
	hook_raw(r);
	return hook_done(r, t->vtid);
}

static long hook_rseq(struct hook_regs *r, struct thread *t)
{
	long rc = hook_raw(r);

	if (!rc) {
		t->rseq = r->a[2] & 1 ? 0 : (uint64_t)r->a[0];
		t->rseq_len = (uint64_t)r->a[1];
		t->rseq_sig = (uint64_t)r->a[3];
	}
	return hook_done(r, rc);
}

/* Crossings come back with the FS of the record. Where only the kernel can set
 * GS, they do not ask it for the application's until the application has set
 * one; a thread that is in lower code by then comes back with the GS it had. */
static long hook_arch_prctl(struct hook_regs *r, struct thread *t)
{
	if (r->a[0] != ARCH_SET_FS_OP && r->a[0] != ARCH_SET_GS_OP)
		return unsaved_call(r, t);
	if (r->a[0] == ARCH_SET_FS_OP && r->a[1] > 0) { /* else it will fail */
		t->moved |= t->upper_fs != 0;
		t->upper_fs = (uint64_t)r->a[1];
		thread_bind(t->upper_fs, t);
	}
	if (r->a[0] == ARCH_SET_GS_OP && GATE->tls == GATE_TLS_GS_FIXED)
		GATE->tls = GATE_TLS_GS_ASKED;
	return HOOK_RAW;
}

static long hook_sigaction(struct hook_regs *r, struct thread *t)
{
	(void)t;
	if (r->a[3] != 8)
		return hook_done(r, -EINVAL);
	return hook_done(r, sig_action((int)r->a[0],
				       (const struct ksigaction *)r->a[1],
				       (struct ksigaction *)r->a[2]));
}

static hook_fn *const hooks[HOOK_NR_MAX] = {
	[SYS_mmap] = hook_mmap,
	[SYS_munmap] = hook_munmap,
	[SYS_mremap] = hook_mremap,
	[SYS_brk] = hook_brk,
	[SYS_madvise] = hook_madvise,
	[SYS_mlock] = hook_mlock,
	[SYS_mlock2] = hook_mlock,
	[SYS_mlockall] = hook_mlockall,
	[SYS_munlockall] = hook_mlockall,
	[SYS_clone] = clone_call,
	[SYS_clone3] = clone_call3,
	[SYS_fork] = clone_fork,
	[SYS_vfork] = clone_vfork,
	[SYS_exit] = hook_exit,
	[SYS_exit_group] = hook_exit_group,
	[SYS_execve] = hook_execve,
	[SYS_execveat] = hook_execveat,
	[SYS_set_tid_address] = hook_set_tid_address,
	[SYS_rseq] = hook_rseq,
	[SYS_arch_prctl] = hook_arch_prctl,
	[SYS_rt_sigaction] = hook_sigaction,
	[SYS_open] = hook_open,
	[SYS_openat] = hook_open,
	[SYS_openat2] = hook_open,
	[SYS_creat] = hook_open,
	[SYS_readlink] = hook_readlink,
	[SYS_readlinkat] = hook_readlink,
	[SYS_close] = hook_close,
	[SYS_close_range] = hook_close_range,
	[SYS_dup2] = hook_dup_to,
	[SYS_dup3] = hook_dup_to,
	[SYS_fcntl] = hook_fcntl,
	[SYS_seccomp] = unsaved_call,
	[SYS_prctl] = unsaved_call,
	[SYS_landlock_restrict_self] = unsaved_call,
	[SYS_semop] = unsaved_call,
	[SYS_semtimedop] = unsaved_call,
	[SYS_pkey_alloc] = unsaved_call,
	[SYS_pkey_free] = unsaved_call,
	[SYS_iopl] = unsaved_call,
	[SYS_ioperm] = unsaved_call,
	[SYS_modify_ldt] = unsaved_call,
	[SYS_set_thread_area] = unsaved_call,
	[462 /* mseal */] = unsaved_call,
	[SYS_unshare] = unsaved_call,
	[SYS_ptrace] = unsaved_call,
	[SYS_timer_create] = unsaved_call,
	[SYS_setns] = unsaved_call,
	[SYS_chroot] = unsaved_call,
	[SYS_pivot_root] = unsaved_call,
	[SYS_poll] = syscall_note,
	[SYS_epoll_wait] = syscall_note,
	[SYS_epoll_pwait] = syscall_note,
	[SYS_nanosleep] = syscall_note,
	[SYS_clock_nanosleep] = syscall_note,
	[SYS_clock_gettime] = cputime_call,
	[SYS_getrusage] = cputime_call,
	[SYS_times] = cputime_call,
};

uint64_t hook_wanted[HOOK_NR_MAX / 64];

int hook_wants(long nr)
{
	return nr >= 0 && nr < HOOK_NR_MAX && (hooks[nr] || ids_names(nr));
}

void hook_start(void)
{
	long nr;

	for (nr = 0; nr < HOOK_NR_MAX; nr++)
		if (hooks[nr] || ids_names_paths(nr) ||
		    (GATE->epoch > 1 && ids_names(nr)))
			hook_wanted[nr / 64] |= 1UL << nr % 64;
}

/* Calls that may wait, for an hour if need be: for a lock, or for the other end
 * of a FIFO. The kernel makes them again after a signal, so nothing is noted of
 * them. */
static int may_wait(long nr)
{
	return nr == SYS_fcntl || nr == SYS_semop || nr == SYS_semtimedop ||
	       nr == SYS_open || nr == SYS_openat || nr == SYS_openat2;
}

int hook_binds(long nr)
{
	return nr >= 0 && nr < HOOK_NR_MAX && hooks[nr] && !may_wait(nr);
}

int hook_repeats(long nr)
{
	return !hook_binds(nr) || hooks[nr] == syscall_note;
}

/* A process the application forked keeps only what names things for it. */
static int wanted_in_child(long nr)
{
	switch (nr) {
	case SYS_rt_sigaction:
	case SYS_open:
	case SYS_openat:
	case SYS_openat2:
	case SYS_readlink:
	case SYS_readlinkat:
	case SYS_brk:
	case SYS_clone:
	case SYS_clone3:
	case SYS_fork:
	case SYS_vfork:
	case SYS_execve:
	case SYS_exit:
	case SYS_arch_prctl:
	case SYS_fcntl:
	case SYS_clock_gettime:
		return 1;
	}
	return ids_names(nr);
}

/* Which hooks run for a thread that uses another's TLS: those of calls that
 * change no thread's record. */
static int wanted_of_sharer(long nr)
{
	switch (nr) {
	case SYS_mmap:
	case SYS_munmap:
	case SYS_mremap:
	case SYS_madvise:
	case SYS_brk:
	case SYS_rt_sigaction:
	case SYS_close:
	case SYS_close_range:
	case SYS_dup2:
	case SYS_dup3:
	case SYS_open:
	case SYS_openat:
	case SYS_openat2:
	case SYS_readlink:
	case SYS_readlinkat:
	case SYS_fcntl:
		return 1;
	}
	return ids_names(nr);
}

static int is_sharer(const struct thread *t)
{
	return t->sharers && t->tid != (int)raw_syscall0(SYS_gettid);
}

static void enter(struct thread *t)
{
	handlers_hooks(t, 1);
	STRESS_POINT();
}

static void leave(struct thread *t)
{
	STRESS_POINT();
	handlers_hooks(t, -1);
	STRESS_POINT();
}

static long ask(struct hook_regs *r, struct thread *t)
{
	long verdict;
	int i;

	if (!hooks[r->nr]) {
		verdict = ids_call(r, t);
	} else {
		ids_before(r);
		verdict = hooks[r->nr](r, t);
	}
	if (verdict == HOOK_RAW && hook_changed(r))
		return HOOK_AFTER; /* hook_after puts the registers back */
	for (i = 0; i < 6 && verdict == HOOK_DONE; i++)
		r->a[i] = r->was[i];
	return verdict;
}

/* A thread without TLS of its own, or a process in our memory: the record is
 * not its own. */
static long sharer_dispatch(struct hook_regs *r, struct thread *t)
{
	int process = raw_syscall0(SYS_getpid) != lower_pid();

	if (r->nr == SYS_exit && !process)
		clone_sharer_exit(t);
	else if (r->nr == SYS_exit || (r->nr == SYS_exit_group && process))
		__atomic_fetch_sub(&t->sharers, 1, __ATOMIC_RELEASE);
	else if (r->nr == SYS_exit_group)
		lower_process_exit(t, (int)r->a[0]);
	return wanted_of_sharer(r->nr) ? ask(r, t) : HOOK_RAW;
}

long hook_dispatch(struct hook_regs *r)
{
	struct thread *t = thread_self();
	long verdict;

	if (t && t->vforked && r->nr == SYS_execve)
		own_program(r);
	if (!t || t->vforked ||
	    ((lower_is_child() || unsaved_sandboxed()) &&
	     !wanted_in_child(r->nr)))
		return HOOK_RAW;
	if (is_sharer(t))
		return sharer_dispatch(r, t);
	enter(t);
	verdict = ask(r, t);
	leave(t);
	return verdict;
}

static int is_clone(long nr)
{
	return nr == SYS_clone || nr == SYS_clone3 || nr == SYS_fork ||
	       nr == SYS_vfork;
}

int hook_ended(long nr, long value)
{
	return value == -EINTR && nr != SYS_futex && !is_clone(nr);
}

long hook_after(struct hook_result *now, const struct hook_regs *k)
{
	struct thread *t = thread_self();
	long again = 0;
	int i;

	if (t && t->vforked == VFORK_OUR_STACK && now->value) {
		/* The child has used the stack that k lay on. */
		now->value = clone_vforked(t, now->value);
		return 0;
	}
	if (t && is_clone(k->nr)) {
		now->value = clone_made(k, t, now->value);
	} else if (t && is_sharer(t)) {
		again = ids_after(now, k, t); /* 1: make it again */
	} else if (t) {
		enter(t);
		again = ids_after(now, k, t); /* 1: make it again */
		leave(t);
	}
	for (i = 0; i < 6 && !again; i++)
		now->a[i] = k->was[i];
	return again;
}
