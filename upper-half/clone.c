/* SPDX-License-Identifier: MIT */
/* clone.c - threads and processes that the application makes
 *
 * The trampoline makes the system call; clone_made sees both sides of it.
 * Freestanding: runs under the upper FS, on the application's stack.
 *
 * A thread that makes a process without shared memory holds all locks of upper
 * code meanwhile, as one would with pthread_atfork(3): so the child's copies of
 * what they protect are whole, and it lets them go itself. Signals are blocked
 * for as long, in the child too: a handler could want one of the locks. A
 * process with one thread needs none, and the child writes to no page that it
 * can leave alone: each costs it, and its parent, a page fault.
 */
#include <linux/sched.h>
#include "../common/lower_hooks.h"
#include "../common/stress.h"
#include "../common/sync.h"
#include "clone.h"
#include "ids.h"
#include "unsaved.h"

struct clone_args_v0 { /* struct clone_args, linux/sched.h */
	uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack,
		stack_size, tls;
};

static int untold;

int clone_sharers(void)
{
	return __atomic_load_n(&untold, __ATOMIC_ACQUIRE);
}

void clone_sharer_exit(struct thread *t)
{
	__atomic_fetch_sub(&untold, 1, __ATOMIC_RELEASE);
	__atomic_fetch_sub(&t->sharers, 1, __ATOMIC_RELEASE);
}

/* The parent's side: the id that the application gets for a child, which
 * differs from the kernel's if it knows another process by that one. */
static long child_made(long pid)
{
	int id = ids_name((int)pid);

	if (id != pid)
		ids_pair(id, (int)pid);
	return id;
}

/* Signals are blocked until the child calls exec or exits: the child uses this
 * thread's FS, so a handler that ran here would be taken for the child. */
static void vfork_begin(struct thread *t, uint64_t stack)
{
	struct hold h;

	sync_mask(&h);
	t->fork_mask = h.mask;
	t->vforked = stack ? VFORK_OTHER_STACK : VFORK_OUR_STACK;
}

long clone_vforked(struct thread *t, long result)
{
	struct hold h = { t->fork_mask };

	t->vforked = 0;
	sync_unmask(&h);
	return result > 0 ? child_made(result) : result;
}

static void lock_all(struct thread *t)
{
	struct hold h;
	int l;

	sync_mask(&h);
	t->fork_mask = h.mask;
	t->fork_locks = !thread_is_only(t);
	for (l = LOCK_STOP + 1; l < LOCKS && t->fork_locks; l++) {
		sync_word_lock(KEEP_ROOT->locks + l);
		STRESS_POINT();
	}
}

/* Called while signals are still blocked. */
static void unlock_all(const struct thread *t)
{
	int l;

	for (l = LOCKS - 1; l > LOCK_STOP && t->fork_locks; l--)
		sync_word_unlock(KEEP_ROOT->locks + l);
}

/* The parent's agent may have held a lock as well: the child has no agent, so
 * all locks are free. */
static void unlock_agents(void)
{
	int l;

	for (l = 0; l < LOCKS; l++)
		if (KEEP_ROOT->locks[l])
			KEEP_ROOT->locks[l] = 0;
}

/*
 * The newborn thread comes back from the call on a stack of its own, where
 * hook.S expects what it kept below the trampoline's stack: so it is put there.
 */
static void mark_stack(uint64_t sp, const struct hook_regs *r, uint64_t flags)
{
	struct hook_regs *k = (struct hook_regs *)sp - 1;
	int i;

	k->nr = SYS_clone;
	k->a[0] = (long)flags;
	for (i = 0; i < 6; i++)
		k->was[i] = r->was[i];
}

static void newborn_thread(struct thread *t, const struct clone_args_v0 *c)
{
	struct thread *n;

	thread_reap();
	if (!(c->flags & CLONE_FS) || !(c->flags & CLONE_FILES))
		unsaved_note(UNSAVED_UNSHARED);
	t->newborn = NULL;
	n = c->flags & CLONE_SETTLS ? thread_create() : NULL;
	if (!n) {
		__atomic_fetch_add(&untold, 1, __ATOMIC_RELEASE);
		__atomic_fetch_add(&t->sharers, 1, __ATOMIC_RELEASE);
		return;
	}
	STRESS_POINT();
	n->upper_fs = c->tls;
	n->state = THREAD_STARTING;
	n->clear_tid = c->flags & CLONE_CHILD_CLEARTID ? c->child_tid : 0;
	n->child_tid = c->flags & CLONE_CHILD_SETTID ? c->child_tid : 0;
	n->parent_tid = c->flags & CLONE_PARENT_SETTID ? c->parent_tid : 0;
	t->newborn = n;
	thread_bind(n->upper_fs, n);
}

/* stack is where the newborn's stack begins, or 0. */
static long prepare(const struct hook_regs *r, struct thread *t,
		    const struct clone_args_v0 *c, uint64_t stack)
{
	if (stack)
		mark_stack(stack, r, c->flags);
	if (c->flags & CLONE_THREAD)
		newborn_thread(t, c);
	else if (c->flags & CLONE_VFORK && c->flags & CLONE_VM)
		vfork_begin(t, stack);
	else if (c->flags &
		 CLONE_VM) /* a process that runs beside us in our memory */
		__atomic_fetch_add(&t->sharers, 1, __ATOMIC_RELEASE);
	else
		lock_all(t);
	return HOOK_AFTER;
}

/* The trampoline raises rsp by 128 afterwards. */
long clone_call(struct hook_regs *r, struct thread *t)
{
	struct clone_args_v0 c = {
		.flags = (uint64_t)r->a[0],
		.parent_tid = (uint64_t)r->a[2],
		.child_tid = (uint64_t)r->a[3],
		.tls = (uint64_t)r->a[4],
	};

	if (r->a[1])
		r->a[1] -= 128;
	return prepare(r, t, &c, (uint64_t)r->a[1]);
}

long clone_call3(struct hook_regs *r, struct thread *t)
{
	struct clone_args_v0 *c = (struct clone_args_v0 *)r->a[0];

	if (r->a[1] < (long)sizeof(*c))
		return HOOK_RAW;		   /* it will fail */
	r->a[5] = c->stack && c->stack_size > 256; /* not an argument */
	if (r->a[5])
		c->stack_size -= 128;
	return prepare(r, t, c, r->a[5] ? c->stack + c->stack_size : 0);
}

long clone_fork(struct hook_regs *r, struct thread *t)
{
	struct clone_args_v0 c = { 0 };

	return prepare(r, t, &c, 0);
}

long clone_vfork(struct hook_regs *r, struct thread *t)
{
	struct clone_args_v0 c = { .flags = CLONE_VM | CLONE_VFORK };

	return prepare(r, t, &c, 0);
}

static uint64_t flags_of(const struct hook_regs *k)
{
	if (k->nr == SYS_clone)
		return (uint64_t)k->a[0];
	if (k->nr == SYS_clone3)
		return ((const struct clone_args_v0 *)k->a[0])->flags;
	return k->nr == SYS_vfork ? CLONE_VM | CLONE_VFORK : 0;
}

/* Done by the newborn and by its maker, whichever comes first. */
static void newborn_name(struct thread *n, int tid, int own)
{
	int vtid = thread_name(n, tid);

	/* The kernel writes its own id there as the thread starts. */
	if (vtid != tid && n->child_tid && own)
		*(int *)n->child_tid = vtid;
}

static void newborn_begin(struct thread *t)
{
	int fast = (int)GATE->fsgsbase;

	STRESS_POINT();
	newborn_name(t, (int)raw_syscall0(SYS_gettid), 1);
	STRESS_POINT();
	/* not its maker's lower TLS */
	if (GATE->tls == GATE_TLS_GS || GATE->tls == GATE_TLS_GS_ASKED)
		gs_set(fast, thread_own_gs(gs_get(fast)));
	t->state = THREAD_RUNNING;
}

/* A child process begins with t as its only thread. */
static void child_begin(struct thread *t, const struct hook_regs *k,
			uint64_t flags)
{
	int *tid = k->nr == SYS_clone ?
			   (int *)k->was[3] :
		   k->nr == SYS_clone3 ?
			   (int *)((struct clone_args_v0 *)k->a[0])->child_tid :
			   NULL;

	STRESS_POINT();
	unlock_all(t);
	unlock_agents();
	lower_forked(t);
	thread_alone(t);
	if (flags & CLONE_CHILD_SETTID && tid && *tid != t->vtid)
		*tid = t->vtid;
}

static long newborn_made(const struct hook_regs *k, struct thread *t,
			 uint64_t flags)
{
	struct hold h = { t->fork_mask };

	if (t->state == THREAD_STARTING)
		newborn_begin(t);
	else if (!(flags & CLONE_VM))
		child_begin(t, k, flags);
	if (!(flags & CLONE_VM) || flags & CLONE_VFORK)
		sync_unmask(&h);
	return 0;
}

static long thread_made(struct thread *t, long result)
{
	struct thread *n = t->newborn;

	if (!n) {
		if (result < 0)
			clone_sharer_exit(t);
		return result;
	}
	STRESS_POINT();
	if (result > 0) {
		newborn_name(n, (int)result, 0);
		STRESS_POINT();
		result = n->vtid;
		__atomic_store_n(&t->newborn, NULL, __ATOMIC_RELEASE);
		return result;
	}
	t->newborn = NULL;
	thread_unbind(n->upper_fs);
	thread_remove(n);
	return result;
}

static long maker_made(struct thread *t, uint64_t flags, long result)
{
	struct hold h = { t->fork_mask };

	if (flags & CLONE_THREAD)
		return thread_made(t, result);
	if (!(flags & CLONE_VM)) {
		unlock_all(t);
		sync_unmask(&h);
	} else if (flags & CLONE_VFORK) {
		return clone_vforked(t, result);
	} else if (result < 0) {
		__atomic_fetch_sub(&t->sharers, 1, __ATOMIC_RELEASE);
	}
	return result > 0 ? child_made(result) : result;
}

long clone_made(const struct hook_regs *k, struct thread *t, long result)
{
	uint64_t flags = flags_of(k);

	if (result == 0)
		return newborn_made(k, t, flags);
	if (k->nr == SYS_clone3 && k->a[5])
		((struct clone_args_v0 *)k->a[0])->stack_size += 128;
	return maker_made(t, flags, result);
}
