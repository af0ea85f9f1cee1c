/* SPDX-License-Identifier: MIT */
/* task_attr.c - what the kernel keeps for each thread beside its registers
 *
 * Freestanding: runs in the stop handler, and on a new thread's first stack. An
 * attribute that the kernel does not know is left alone.
 */
#include <asm/prctl.h>
#include <linux/ioprio.h>
#include <linux/mempolicy.h>
#include <linux/prctl.h>
#include <stddef.h>
#include "../common/arch/x86_64/syscall.h"
#include "task_attr.h"

#define NODES (16 * 64)

static long prctl2(long option, long a)
{
	return raw_syscall5(SYS_prctl, option, a, 0, 0, 0);
}

static int32_t known(long r)
{
	return r < 0 ? 0 : (int32_t)r;
}

void task_attr_save(struct task_attr *a)
{
	int mode = 0, i;
	int32_t *death = &a->death_signal;

	a->sched.size = sizeof(a->sched);
	raw_syscall4(SYS_sched_getattr, 0, (long)&a->sched, sizeof(a->sched),
		     0);
	/* sched_getattr does not tell the nice value under policies that do not
	 * use it. */
	a->sched.nice = 20 - (int32_t)raw_syscall2(SYS_getpriority, 0, 0);
	a->io_priority =
		known(raw_syscall2(SYS_ioprio_get, IOPRIO_WHO_PROCESS, 0));
	*death = 0;
	prctl2(PR_GET_PDEATHSIG, (long)death);
	a->timer_slack = (uint64_t)prctl2(PR_GET_TIMERSLACK, 0);
	a->tsc = PR_TSC_ENABLE;
	prctl2(PR_GET_TSC, (long)&a->tsc);
	a->cpuid = raw_syscall2(SYS_arch_prctl, ARCH_GET_CPUID, 0) != 0;
	a->io_flusher = known(prctl2(PR_GET_IO_FLUSHER, 0));
	a->memory_errors = known(prctl2(PR_MCE_KILL_GET, 0));
	for (i = 0; i < 3; i++)
		a->speculation[i] = known(prctl2(PR_GET_SPECULATION_CTRL, i));
	a->personality = (uint32_t)raw_syscall1(SYS_personality, 0xffffffffL);
	a->securebits = (uint32_t)known(prctl2(PR_GET_SECUREBITS, 0));
	a->mem_policy = raw_syscall5(SYS_get_mempolicy, (long)&mode,
				     (long)a->mem_nodes, NODES, 0, 0) < 0 ?
				-1 :
				mode;
}

static int same_nodes(const struct task_attr *a, const struct task_attr *b)
{
	int i;

	for (i = 0; i < 16 && a->mem_nodes[i] == b->mem_nodes[i]; i++)
		;
	return i == 16;
}

static int same_sched(const struct task_attr *a, const struct task_attr *b)
{
	return a->sched.policy == b->sched.policy &&
	       a->sched.flags == b->sched.flags &&
	       a->sched.nice == b->sched.nice &&
	       a->sched.priority == b->sched.priority &&
	       a->sched.runtime == b->sched.runtime;
}

static int same_memory(const struct task_attr *a, const struct task_attr *b)
{
	return a->mem_policy == b->mem_policy && same_nodes(a, b);
}

static const char *scheduling(const struct task_attr *a,
			      const struct task_attr *given)
{
	long rc = 0;

	if (!same_sched(a, given)) {
		/* sched_setattr does not set the nice value for SCHED_IDLE and
		 * real-time policies, though it counts as soon as the policy
		 * changes. */
		rc = raw_syscall3(SYS_sched_setattr, 0, (long)&a->sched, 0);
		rc |= raw_syscall3(SYS_setpriority, 0, 0, a->sched.nice);
	}
	if (rc < 0)
		return "scheduling policy, nice value";
	if (a->io_priority != given->io_priority)
		rc = raw_syscall3(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0,
				  a->io_priority);
	return rc < 0 ? "I/O priority" : NULL;
}

/* The bits that say whether it can be set at all do not count. */
static long speculation(const struct task_attr *a,
			const struct task_attr *given)
{
	long rc = 0;
	int i;

	for (i = 0; i < 3; i++)
		if (a->speculation[i] != given->speculation[i])
			rc |= raw_syscall5(
				SYS_prctl, PR_SET_SPECULATION_CTRL, i,
				a->speculation[i] & ~PR_SPEC_PRCTL, 0, 0);
	return rc;
}

const char *task_attr_restore(const struct task_attr *a,
			      const struct task_attr *given)
{
	const char *failed = scheduling(a, given);
	long rc = 0;

	if (a->death_signal != given->death_signal)
		prctl2(PR_SET_PDEATHSIG, a->death_signal);
	if (a->timer_slack != given->timer_slack)
		prctl2(PR_SET_TIMERSLACK, (long)a->timer_slack);
	if (a->tsc != given->tsc)
		prctl2(PR_SET_TSC, a->tsc);
	if (a->cpuid != given->cpuid)
		rc = raw_syscall2(SYS_arch_prctl, ARCH_SET_CPUID, a->cpuid);
	failed = rc < 0 ? "CPUID faulting" : failed;
	if (a->io_flusher != given->io_flusher)
		rc = prctl2(PR_SET_IO_FLUSHER, a->io_flusher);
	failed = rc < 0 ? "I/O flusher" : failed;
	if (a->memory_errors != given->memory_errors)
		raw_syscall5(SYS_prctl, PR_MCE_KILL, PR_MCE_KILL_SET,
			     a->memory_errors, 0, 0);
	failed = speculation(a, given) < 0 ? "speculation control" : failed;
	if (a->personality != given->personality)
		raw_syscall1(SYS_personality, a->personality);
	if (!same_memory(a, given))
		rc = raw_syscall3(SYS_set_mempolicy, a->mem_policy,
				  (long)a->mem_nodes, NODES);
	return rc < 0 ? "memory policy" : failed;
}

void task_attr_give(struct task_attr *given, const struct task_attr *a,
		    const struct task_attr *here)
{
	int i;

	if (same_sched(a, given))
		given->sched = here->sched;
	if (a->io_priority == given->io_priority)
		given->io_priority = here->io_priority;
	if (a->death_signal == given->death_signal)
		given->death_signal = here->death_signal;
	if (a->timer_slack == given->timer_slack)
		given->timer_slack = here->timer_slack;
	if (a->personality == given->personality)
		given->personality = here->personality;
	if (same_memory(a, given)) {
		given->mem_policy = here->mem_policy;
		for (i = 0; i < 16; i++)
			given->mem_nodes[i] = here->mem_nodes[i];
	}
}
