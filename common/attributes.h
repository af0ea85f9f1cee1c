/* SPDX-License-Identifier: MIT */
/* attributes.h - what the kernel keeps for threads and processes
 *
 * Beside registers, memory and descriptors: credentials(7), sched(7), prctl(2),
 * getrlimit(2). In keep memory and in images.
 *
 * What the program has not changed itself is, after a restart, as the new
 * launcher has it (a batch system's limits, say); so what the launcher gave is
 * kept as well (struct app).
 */
#ifndef MANA_ATTRIBUTES_H
#define MANA_ATTRIBUTES_H

#include <stdint.h>

/* A thread's credentials. The kernel keeps them for each thread; glibc keeps
 * those of all threads alike. */
enum creds_apply { /* what has to be changed to take these on */
		   CREDS_GROUPS = 1,
		   CREDS_IDS = 2,
		   CREDS_BOUNDING = 4,
		   CREDS_CAPS = 8,
		   CREDS_NO_NEW_PRIVS = 16,
		   CREDS_SECUREBITS = 32,
};

struct creds {
	uint32_t uid[4], gid[4]; /* real, effective, saved, file system's */
	uint64_t inheritable, permitted, effective, bounding, ambient;
	uint32_t no_new_privs;
	uint32_t securebits;
	uint32_t apply; /* enum creds_apply */
	uint32_t n_groups;
	uint32_t groups[];
};

/* The attributes of a thread. Only the thread itself can ask for most
 * of it: the stop handler does. */
struct task_attr {
	struct { /* struct sched_attr of sched_setattr(2), version 0 */
		uint32_t size, policy;
		uint64_t flags;
		int32_t nice;
		uint32_t priority;
		uint64_t runtime, deadline, period;
	} sched;
	int32_t io_priority;
	int32_t death_signal; /* PR_SET_PDEATHSIG */
	uint64_t timer_slack; /* ns */
	int32_t tsc, cpuid;   /* PR_TSC_*; 1: CPUID is allowed */
	int32_t io_flusher;
	int32_t memory_errors;	/* PR_MCE_KILL_* */
	int32_t speculation[3]; /* PR_SPEC_*: how each is set */
	uint32_t personality;
	uint32_t securebits;
	int32_t mem_policy; /* MPOL_* with its flags; -1: not known */
	uint64_t mem_nodes[16];
};

#define RLIMITS 16 /* RLIM_NLIMITS */

/* The attributes of a process. */
struct process_attr {
	uint64_t limit[RLIMITS][2]; /* soft, hard */
	int32_t oom_score_adj;
	int32_t dumpable;
	int32_t subreaper;
	int32_t thp_disable, memory_merge, mdwe;
	uint32_t coredump_filter;
	uint32_t membarrier; /* MEMBARRIER_CMD_GET_REGISTRATIONS */
	uint64_t xcomp;	     /* ARCH_GET_XCOMP_PERM: AMX */
	int32_t timer_ids;   /* PR_TIMER_CREATE_RESTORE_IDS */
};

#endif
