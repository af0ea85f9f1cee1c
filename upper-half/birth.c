/* SPDX-License-Identifier: MIT */
/* birth.c - threads and processes that the application makes
 *
 * The island makes the system call; hook_cloned sees both sides of it.
 * Freestanding: runs under the upper FS, on the application's stack.
 */
#include <linux/sched.h>
#include "birth.h"
#include "half_hooks.h"

struct clone_args_v0 { /* struct clone_args, linux/sched.h */
	uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack,
		stack_size, tls;
};

static int untold;

int birth_untold(void)
{
	return __atomic_load_n(&untold, __ATOMIC_ACQUIRE);
}

void birth_untold_exit(void)
{
	__atomic_fetch_sub(&untold, 1, __ATOMIC_RELEASE);
}

static void newborn_prepare(struct thread *t, const struct clone_args_v0 *c)
{
	struct thread *n;

	t->newborn = NULL;
	if (!(c->flags & CLONE_VM)) /* fork: the child is on its own */
		return;
	if (!(c->flags & CLONE_THREAD)) { /* vfork, posix_spawn */
		t->vforked = 1;
		return;
	}
	thread_reap();
	n = c->flags & CLONE_SETTLS ? thread_create() : NULL;
	if (!n)
		return; /* a thread we cannot tell from its maker */
	n->upper_fs = c->tls;
	n->state = THREAD_STARTING;
	n->clear_tid = c->flags & CLONE_CHILD_CLEARTID ? c->child_tid : 0;
	n->child_tid = c->flags & CLONE_CHILD_SETTID ? c->child_tid : 0;
	n->parent_tid = c->flags & CLONE_PARENT_SETTID ? c->parent_tid : 0;
	t->newborn = n;
	thread_bind(n->upper_fs, n);
}

long birth_clone(struct hook_regs *r, struct thread *t)
{
	struct clone_args_v0 c = {
		.flags = (uint64_t)r->a[0],
		.parent_tid = (uint64_t)r->a[2],
		.child_tid = (uint64_t)r->a[3],
		.tls = (uint64_t)r->a[4],
	};

	if (r->a[1]) /* the island raises rsp by 128 afterwards */
		r->a[1] -= 128;
	newborn_prepare(t, &c);
	return HOOK_RAW;
}

long birth_clone3(struct hook_regs *r, struct thread *t)
{
	struct clone_args_v0 *c = (struct clone_args_v0 *)r->a[0];

	if (c->stack_size)
		c->stack_size -= 128;
	newborn_prepare(t, c);
	return HOOK_RAW;
}

long birth_vfork(struct hook_regs *r, struct thread *t)
{
	(void)r;
	t->vforked = 1;
	return HOOK_RAW;
}

/* The tid a thread is to be known by: the kernel's unless that is taken. */
static void newborn_name(struct thread *t, int tid)
{
	static int next = 1 << 22; /* above the kernel's PID_MAX_LIMIT */

	if (t->vtid)
		return;
	if (GATE->epoch > 1 && thread_by_vtid(tid))
		tid = __atomic_fetch_add(&next, 1, __ATOMIC_RELAXED);
	t->vtid = tid;
	if (t->parent_tid && tid != t->tid)
		*(int *)t->parent_tid = tid;
	if (t->child_tid && tid != t->tid)
		*(int *)t->child_tid = tid;
}

long hook_cloned(long result)
{
	struct thread *t = thread_self(), *n;
	int fast = (int)GATE->fsgsbase;

	if (!t)
		return result;
	t->depth++;
	n = t->newborn;
	if (result == 0 && t->state == THREAD_STARTING) {
		t->tid = (int)raw_syscall0(SYS_gettid);
		/* not its maker's lower TLS */
		if (GATE->tls == GATE_TLS_GS || GATE->tls == GATE_TLS_GS_ASKED)
			gs_set(fast, thread_own_gs(gs_get(fast)));
		newborn_name(t, t->tid);
		t->state = THREAD_RUNNING;
	} else if (result == 0 && !t->vforked) {
		/* a process, or a thread without TLS */
		if (raw_syscall0(SYS_getpid) == raw_syscall0(SYS_gettid))
			half_forked(t);
		else
			__atomic_fetch_add(&untold, 1, __ATOMIC_RELEASE);
	} else if (result != 0) {
		t->vforked = 0;
		if (n && result < 0) {
			t->newborn = NULL;
			thread_unbind(n->upper_fs);
			thread_remove(n);
		} else if (n) {
			while (!n->vtid) /* the child names itself */
				raw_syscall0(SYS_sched_yield);
			result = n->vtid;
			__atomic_store_n(&t->newborn, NULL, __ATOMIC_RELEASE);
		}
	}
	t->depth--;
	return result;
}
