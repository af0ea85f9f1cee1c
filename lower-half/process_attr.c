/* SPDX-License-Identifier: MIT */
/* process_attr.c - what the kernel keeps for the process as a whole
 *
 * What a kernel does not know reads as 0 and is not set.
 */
#include <asm/prctl.h>
#include <errno.h>
#include <linux/membarrier.h>
#include <linux/prctl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include "../common/arch/x86_64/syscall.h"
#include "../common/lower.h"
#include "core.h"
#include "process_attr.h"

#ifndef PR_SET_MEMORY_MERGE /* Linux 6.4 */
#define PR_SET_MEMORY_MERGE 67
#define PR_GET_MEMORY_MERGE 68
#endif
#ifndef PR_SET_MDWE /* Linux 6.3 */
#define PR_SET_MDWE 65
#define PR_GET_MDWE 66
#endif
#ifndef PR_TIMER_CREATE_RESTORE_IDS /* Linux 6.15 */
#define PR_TIMER_CREATE_RESTORE_IDS 77
#endif
#define TIMER_IDS_GET		     2
#define MEMBARRIER_GET_REGISTRATIONS (1 << 9) /* Linux 6.3 */

static const char *const limit_names[RLIMITS] = {
	"CPU",	    "FSIZE",  "DATA",	 "STACK",  "CORE",  "RSS",
	"NPROC",    "NOFILE", "MEMLOCK", "AS",	   "LOCKS", "SIGPENDING",
	"MSGQUEUE", "NICE",   "RTPRIO",	 "RTTIME",
};

static long prctl3(long option, long a, long b)
{
	return raw_syscall5(SYS_prctl, option, a, b, 0, 0);
}

static int32_t known(long r)
{
	return r < 0 ? 0 : (int32_t)r;
}

static long read_number(const char *path, int base)
{
	char text[32] = "";
	FILE *f = fopen(path, "re");

	if (f && !fgets(text, sizeof(text), f))
		text[0] = 0;
	if (f)
		fclose(f);
	return strtol(text, NULL, base);
}

static int write_number(const char *path, const char *format, long v)
{
	FILE *f = fopen(path, "we");
	int rc = f ? 0 : -errno;

	if (f && fprintf(f, format, v) < 0)
		rc = -errno;
	if (f && fclose(f) != 0)
		rc = -errno;
	return rc;
}

void process_attr_read(struct process_attr *a)
{
	struct rlimit l;
	int i;

	memset(a, 0, sizeof(*a));
	for (i = 0; i < RLIMITS; i++)
		if (getrlimit(i, &l) == 0) {
			a->limit[i][0] = l.rlim_cur;
			a->limit[i][1] = l.rlim_max;
		}
	a->oom_score_adj =
		(int32_t)read_number("/proc/thread-self/oom_score_adj", 10);
	a->coredump_filter =
		(uint32_t)read_number("/proc/self/coredump_filter", 16);
	a->dumpable = known(prctl3(PR_GET_DUMPABLE, 0, 0));
	prctl3(PR_GET_CHILD_SUBREAPER, (long)&a->subreaper, 0);
	a->thp_disable = known(prctl3(PR_GET_THP_DISABLE, 0, 0));
	a->memory_merge = known(prctl3(PR_GET_MEMORY_MERGE, 0, 0));
	a->mdwe = known(prctl3(PR_GET_MDWE, 0, 0));
	a->membarrier = (uint32_t)known(raw_syscall3(
		SYS_membarrier, MEMBARRIER_GET_REGISTRATIONS, 0, 0));
	raw_syscall2(SYS_arch_prctl, ARCH_GET_XCOMP_PERM, (long)&a->xcomp);
	a->timer_ids =
		known(prctl3(PR_TIMER_CREATE_RESTORE_IDS, TIMER_IDS_GET, 0));
}

static void missed(const char *what, int rc)
{
	lower_error("%s: rank %d: %s: %s: going on with what there is",
		    core.tool, core.rank, what, strerror(-rc));
}

/* The hard limit may be lower here, and only privileged processes raise it. */
static void restore_limit(int i, const struct process_attr *a)
{
	struct rlimit here, want = { a->limit[i][0], a->limit[i][1] };
	char what[64];

	if (setrlimit(i, &want) == 0)
		return;
	getrlimit(i, &here);
	want.rlim_max =
		want.rlim_max < here.rlim_max ? want.rlim_max : here.rlim_max;
	if (want.rlim_cur <= want.rlim_max && setrlimit(i, &want) == 0)
		return; /* the limit is as the program wants it */
	want.rlim_cur = want.rlim_max;
	setrlimit(i, &want);
	snprintf(what, sizeof(what), "limit %s of %llu", limit_names[i],
		 (unsigned long long)a->limit[i][0]);
	missed(what, -EPERM);
}

/* No launcher gives these, so they are the program's own. */
static void restore_flags(const struct process_attr *a)
{
	prctl3(PR_SET_CHILD_SUBREAPER, a->subreaper, 0);
	prctl3(PR_TIMER_CREATE_RESTORE_IDS, a->timer_ids, 0);
	if (a->memory_merge)
		prctl3(PR_SET_MEMORY_MERGE, a->memory_merge, 0);
	if (a->mdwe)
		prctl3(PR_SET_MDWE, a->mdwe, 0);
}

/* Register for the kinds of membarrier(2) that the program had registered for,
 * and counts on. */
static void register_again(const struct process_attr *a)
{
	uint32_t cmd;
	int i;

	for (cmd = 1; cmd && cmd <= a->membarrier; cmd <<= 1)
		if (a->membarrier & cmd)
			raw_syscall3(SYS_membarrier, cmd, 0, 0);
	for (i = 0; i < 64; i++)
		if (a->xcomp >> i & 1)
			raw_syscall2(SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, i);
}

static int keeps(int32_t a, int32_t *given, int32_t here)
{
	if (a != *given)
		return 1;
	*given = here;
	return 0;
}

static void restore_limits(const struct process_attr *a,
			   struct process_attr *given,
			   const struct process_attr *here)
{
	size_t size = sizeof(a->limit[0]);
	int i;

	for (i = 0; i < RLIMITS; i++)
		if (!memcmp(a->limit[i], given->limit[i], size))
			memcpy(given->limit[i], here->limit[i], size);
		else
			restore_limit(i, a);
}

void process_attr_restore(const struct process_attr *a,
			  struct process_attr *given)
{
	struct process_attr here;
	int32_t filter = (int32_t)given->coredump_filter;
	int rc = 0;

	process_attr_read(&here);
	restore_limits(a, given, &here);
	if (keeps(a->oom_score_adj, &given->oom_score_adj, here.oom_score_adj))
		rc = write_number("/proc/thread-self/oom_score_adj", "%ld",
				  a->oom_score_adj);
	if (rc < 0)
		missed("oom_score_adj", rc);
	if (keeps((int32_t)a->coredump_filter, &filter,
		  (int32_t)here.coredump_filter))
		write_number("/proc/self/coredump_filter", "%#lx",
			     a->coredump_filter);
	given->coredump_filter = (uint32_t)filter;
	if (keeps(a->thp_disable, &given->thp_disable, here.thp_disable))
		prctl3(PR_SET_THP_DISABLE, a->thp_disable, 0);
	register_again(a);
	restore_flags(a);
}
