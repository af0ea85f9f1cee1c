/* SPDX-License-Identifier: MIT */
/* unsaved.c - what the program has done that no image can hold
 *
 * Freestanding.
 */
#include <fcntl.h>
#include <linux/prctl.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sys/ptrace.h>
#include <sys/sem.h>
#include "app.h"
#include "ids.h"
#include "unsaved.h"

#define SHSTK_ENABLE	   0x5001 /* ARCH_SHSTK_ENABLE, Linux 6.6 */
#define ENABLE_TAGGED_ADDR 0x4002 /* ARCH_ENABLE_TAGGED_ADDR, Linux 6.4 */
#define SYS_mseal_	   462	  /* Linux 6.10 */
#define NAMESPACES                                                             \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |         \
	 CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWTIME)

#define LATER ": checkpoints are not possible any more"

static const char *const why[UNSAVEDS] = {
	[UNSAVED_SECCOMP] = "the program has a seccomp filter" LATER,
	[UNSAVED_LANDLOCK] =
		"the program has restricted itself by Landlock" LATER,
	[UNSAVED_DISPATCH] = "the program has its own dispatch of system "
			     "calls (PR_SET_SYSCALL_USER_DISPATCH): the "
			     "checkpoint is possible once it is off",
	[UNSAVED_SEM_UNDO] = "the program has used System V semaphores with "
			     "SEM_UNDO" LATER,
	[UNSAVED_PKEY] = "memory protection keys cannot be saved yet: the "
			 "checkpoint is possible once they are freed",
	[UNSAVED_PORTS] = "the program has access to I/O ports" LATER,
	[UNSAVED_SEGMENTS] = "the program has segments of its own (modify_ldt, "
			     "set_thread_area)" LATER,
	[UNSAVED_SHADOW] = "the program has shadow stacks" LATER,
	[UNSAVED_TAGS] = "the program has addresses with tags (linear address "
			 "masking)" LATER,
	[UNSAVED_SEAL] = "the program has sealed memory (mseal)" LATER,
	[UNSAVED_GROWSDOWN] = "the program has mapped memory that grows down "
			      "(MAP_GROWSDOWN)" LATER,
	[UNSAVED_NAMESPACE] = "the program has namespaces of its own" LATER,
	[UNSAVED_ROOT] = "the program has changed its root directory" LATER,
	[UNSAVED_UNSHARED] = "a thread has had descriptors or a working "
			     "directory of its own" LATER,
	[UNSAVED_LIBRARY] = "a library's system calls could not be looked at "
			    "(no memory near it may be made executable)" LATER,
	[UNSAVED_TRACER] = "the program traces another (ptrace): the "
			   "checkpoint is possible once it does not",
	[UNSAVED_TIMER] = "the program has a POSIX timer, and this kernel does "
			  "not show them (CONFIG_CHECKPOINT_RESTORE)" LATER,
	[UNSAVED_DNOTIFY] = "the program watches a directory (F_NOTIFY)" LATER,
};

static int hidden_timers;

void unsaved_timers(void)
{
	hidden_timers = 1;
}

void unsaved_note(enum unsaved what)
{
	__atomic_fetch_add(&APP->unsaved[what], 1, __ATOMIC_RELEASE);
}

static void unsaved_drop(enum unsaved what)
{
	uint32_t n = __atomic_load_n(&APP->unsaved[what], __ATOMIC_ACQUIRE);

	while (n > 0 &&
	       !__atomic_compare_exchange_n(&APP->unsaved[what], &n, n - 1, 1,
					    __ATOMIC_RELEASE, __ATOMIC_ACQUIRE))
		;
}

const char *unsaved_why(void)
{
	int i;

	for (i = 0; i < UNSAVEDS; i++)
		if (__atomic_load_n(&APP->unsaved[i], __ATOMIC_ACQUIRE) > 0)
			return why[i];
	return NULL;
}

int unsaved_sandboxed(void)
{
	return APP->unsaved[UNSAVED_SECCOMP] > 0;
}

static int undoes(const struct sembuf *s, size_t n)
{
	size_t i;

	for (i = 0; s && i < n && i < 500 /* SEMOPM */; i++)
		if (s[i].sem_flg & SEM_UNDO)
			return 1;
	return 0;
}

/* Returns which of these states the call asks for; -1: none. */
static int asks_for(const struct hook_regs *r)
{
	switch (r->nr) {
	case SYS_seccomp:
		return r->a[0] == SECCOMP_SET_MODE_STRICT ||
				       r->a[0] == SECCOMP_SET_MODE_FILTER ?
			       UNSAVED_SECCOMP :
			       -1;
	case SYS_prctl:
		return r->a[0] == PR_SET_SECCOMP ? UNSAVED_SECCOMP :
		       r->a[0] == PR_SET_SYSCALL_USER_DISPATCH ?
						   UNSAVED_DISPATCH :
						   -1;
	case SYS_landlock_restrict_self:
		return UNSAVED_LANDLOCK;
	case SYS_pkey_alloc:
	case SYS_pkey_free:
		return UNSAVED_PKEY;
	case SYS_iopl:
	case SYS_ioperm:
		return UNSAVED_PORTS;
	case SYS_modify_ldt:
		return r->a[0] == 1 || r->a[0] == 0x11 ? UNSAVED_SEGMENTS : -1;
	case SYS_set_thread_area:
		return UNSAVED_SEGMENTS;
	case SYS_arch_prctl:
		return r->a[0] == SHSTK_ENABLE	     ? UNSAVED_SHADOW :
		       r->a[0] == ENABLE_TAGGED_ADDR ? UNSAVED_TAGS :
						       -1;
	case SYS_mseal_:
		return UNSAVED_SEAL;
	case SYS_unshare:
		return r->a[0] & NAMESPACES ? UNSAVED_NAMESPACE :
					      UNSAVED_UNSHARED;
	case SYS_setns:
		return UNSAVED_NAMESPACE;
	case SYS_chroot:
	case SYS_pivot_root:
		return UNSAVED_ROOT;
	case SYS_timer_create:
		return hidden_timers ? UNSAVED_TIMER : -1;
	case SYS_ptrace:
		return r->a[0] == PTRACE_ATTACH || r->a[0] == PTRACE_SEIZE ||
				       r->a[0] == PTRACE_DETACH ?
			       UNSAVED_TRACER :
			       -1;
	case SYS_fcntl:
		return r->a[1] == F_NOTIFY && r->a[2] ? UNSAVED_DNOTIFY : -1;
	}
	return -1;
}

/* These calls do not wait, so they are made here, and what they make is noted
 * only if they succeed. */
static long make(struct hook_regs *r, int what)
{
	int off = r->nr == SYS_pkey_free ||
		  (what == UNSAVED_DISPATCH && r->a[1] == 0) ||
		  (r->nr == SYS_ptrace && r->a[0] == PTRACE_DETACH) ||
		  (r->nr == SYS_iopl && r->a[0] == 0) ||
		  (r->nr == SYS_ioperm && r->a[2] == 0);

	r->nr = hook_raw(r);
	if (r->nr >= 0 && off)
		unsaved_drop((enum unsaved)what);
	else if (r->nr >= 0)
		unsaved_note((enum unsaved)what);
	return HOOK_DONE;
}

long unsaved_call(struct hook_regs *r, struct thread *t)
{
	int what = asks_for(r);

	if (what >= 0)
		return make(r, what);
	if (r->nr == SYS_prctl && r->a[0] == PR_SET_VMA)
		APP->advised = 1;
	if (r->nr == SYS_semop || r->nr == SYS_semtimedop) {
		if (undoes((const struct sembuf *)r->a[1], (size_t)r->a[2]))
			unsaved_note(UNSAVED_SEM_UNDO);
		return HOOK_RAW;
	}
	return ids_call(r, t);
}
