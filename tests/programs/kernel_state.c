/* SPDX-License-Identifier: MIT */
/* kernel_state.c - what the kernel keeps for a process and its threads beside
 * memory and descriptors: docs/state.md names each line */
/* test: ranks=1 mpi=none threads=3 libs=-lm */
#define _GNU_SOURCE
#include <errno.h>
#include <fenv.h>
#include <linux/ioprio.h>
#include <linux/mempolicy.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include "check.h"

#define LOCKED		    (1UL << 20)
#define MEMBARRIER_PRIVATE  8
#define MEMBARRIER_REGISTER 16

static volatile int up, asked, answered;
static pid_t worker_tid;
static char alt[65536], worker_alt[65536];
static char *locked, *advised, *named;
static struct {
	int nice, worker_nice, slack, dumpable, subreaper, thp, death;
	int store_bypass;
	unsigned int persona;
	long oom, filter, vmlck;
	unsigned long execfn;
} want;

static long number(const char *path, const char *key)
{
	FILE *f = fopen(path, "r");
	char line[512];
	long v = -999;

	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, key, strlen(key)))
			v = strtol(line + strlen(key), NULL,
				   strstr(path, "filter") ? 16 : 10);
	if (f)
		fclose(f);
	return v;
}

static void put(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	if (f) {
		fputs(text, f);
		fclose(f);
	}
}

/* 1: smaps has the flag for the mapping at p; 0: it has not; -1: no mapping. */
static int read_flag(const void *p, const char *flag)
{
	FILE *f = fopen("/proc/self/smaps", "r");
	unsigned long start, end, at = (unsigned long)p;
	int inside = 0, found = -1;
	char line[4096];

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%lx-%lx ", &start, &end) == 2)
			inside = at >= start && at < end;
		if (inside && !strncmp(line, "VmFlags:", 8))
			found = found == 1 || strstr(line, flag);
		if (inside && *flag == '[' && strstr(line, flag))
			found = 1;
	}
	if (f)
		fclose(f);
	return found;
}

/* A restart between the pieces in which it is read leaves nonsense
 * (docs/limits.md), but not twice. */
static int has_flag(const void *p, const char *flag)
{
	int i, found, last = read_flag(p, flag);

	for (i = 0; i < 5; i++, last = found) {
		found = read_flag(p, flag);
		if (found == last)
			break;
	}
	return found;
}

static void check_text(const char *path, const char *start)
{
	char text[256] = "";
	FILE *f = fopen(path, "r");

	CHECK(f && fread(text, 1, sizeof(text) - 1, f) > 0);
	fclose(f);
	CHECK(!strncmp(text, start, strlen(start)));
}

static void check_thread(const char *name, int policy, int nice, long slack,
			 const char *altstack, int death)
{
	char now[16] = "";
	int mode = -1, sig = -1;
	unsigned int cpu;
	stack_t s;

	prctl(PR_GET_NAME, now);
	CHECK(!strcmp(now, name));
	CHECK_EQ(sched_getscheduler(0) & ~SCHED_RESET_ON_FORK, policy);
	CHECK_EQ(getpriority(PRIO_PROCESS, 0), nice);
	CHECK_EQ(prctl(PR_GET_TIMERSLACK), slack);
	sigaltstack(NULL, &s);
	CHECK(s.ss_sp == altstack);
	CHECK_EQ(prctl(PR_GET_PDEATHSIG, &sig), 0);
	CHECK_EQ(sig, death);
	if (syscall(SYS_get_mempolicy, &mode, NULL, 0, 0, 0) == 0)
		CHECK_EQ(mode, MPOL_LOCAL);
	CHECK(getcpu(&cpu, NULL) == 0 && (int)cpu == sched_getcpu());
}

static void *work(void *arg)
{
	stack_t s = { .ss_sp = worker_alt, .ss_size = sizeof(worker_alt) };
	struct sched_param sp = { 0 };

	worker_tid = (pid_t)syscall(SYS_gettid);
	prctl(PR_SET_NAME, "worker-7");
	CHECK_EQ(setpriority(PRIO_PROCESS, (id_t)worker_tid, want.worker_nice),
		 0);
	CHECK_EQ(sched_setscheduler(0, SCHED_IDLE, &sp), 0);
	prctl(PR_SET_TIMERSLACK, 777777);
	sigaltstack(&s, NULL);
	syscall(SYS_set_mempolicy, MPOL_LOCAL, NULL, 0);
	fesetround(FE_UPWARD);
	up = 1;
	for (;;) {
		while (asked == answered)
			usleep(500);
		check_thread("worker-7", SCHED_IDLE, want.worker_nice, 777777,
			     worker_alt, 0);
		CHECK_EQ(fegetround(), FE_UPWARD);
		answered = asked;
	}
	return arg;
}

/* A nice value that does not count while the policy is another is kept, too. */
static void *real_time(void *arg)
{
	struct sched_param sp = { .sched_priority = 1 };
	int policy = SCHED_RR;

	CHECK_EQ(setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid),
			     want.worker_nice),
		 0);
	if (sched_setscheduler(0, policy, &sp))
		policy = SCHED_OTHER;
	for (;;) {
		CHECK_EQ(sched_getscheduler(0), policy);
		CHECK_EQ(getpriority(PRIO_PROCESS, 0), want.worker_nice);
		usleep(2000);
	}
	return arg;
}

static void limit(int which, rlim_t soft)
{
	struct rlimit l;

	getrlimit(which, &l);
	l.rlim_cur = soft;
	CHECK_EQ(setrlimit(which, &l), 0);
}

static void check_limit(int which, rlim_t soft)
{
	struct rlimit l;

	CHECK_EQ(getrlimit(which, &l), 0);
	CHECK_EQ(l.rlim_cur, soft);
}

static void set_memory(void)
{
	char *p = (char *)mmap(NULL, 8 * LOCKED, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(p != MAP_FAILED);
	locked = p;
	advised = p + 2 * LOCKED;
	named = p + 6 * LOCKED;
	CHECK_EQ(mlock(locked, LOCKED), 0);
	CHECK_EQ(madvise(advised, LOCKED, MADV_DONTFORK), 0);
	CHECK_EQ(madvise(advised, LOCKED, MADV_DONTDUMP), 0);
	CHECK_EQ(madvise(advised + LOCKED, LOCKED, MADV_WIPEONFORK), 0);
	madvise(advised + 2 * LOCKED, LOCKED, MADV_NOHUGEPAGE);
	prctl(PR_SET_VMA, PR_SET_VMA_ANON_NAME, named, LOCKED, "the named");
	want.vmlck = number("/proc/self/status", "VmLck:");
}

static void check_memory(void)
{
	CHECK_EQ(number("/proc/self/status", "VmLck:"), want.vmlck);
	CHECK(has_flag(locked, " lo"));
	CHECK(has_flag(advised, " dc"));
	CHECK(has_flag(advised, " dd"));
	CHECK(has_flag(advised + LOCKED, " wf"));
	CHECK(!has_flag(advised + LOCKED, " dc"));
	CHECK(has_flag(advised + 2 * LOCKED, " nh"));
}

static void on_signal(int sig)
{
	(void)sig;
}

static void set_process(void)
{
	struct sigaction a = { .sa_handler = on_signal,
			       .sa_flags = SA_NODEFER | SA_ONSTACK };
	stack_t s = { .ss_sp = alt, .ss_size = sizeof(alt) };
	struct sched_param sp = { 0 };

	umask(027);
	mkdir("sub", 0700);
	CHECK_EQ(chdir("sub"), 0);
	CHECK_EQ(setpriority(PRIO_PROCESS, 0, want.nice), 0);
	limit(RLIMIT_NOFILE, 777);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_CPU, 86400);
	limit(RLIMIT_STACK, 16 << 20);
	limit(RLIMIT_MSGQUEUE, 12345);
	prctl(PR_SET_NAME, "kernel-state");
	prctl(PR_SET_TIMERSLACK, 123456);
	prctl(PR_SET_PDEATHSIG, SIGWINCH);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	CHECK_EQ(sched_setscheduler(0, SCHED_BATCH | SCHED_RESET_ON_FORK, &sp),
		 0);
	syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0,
		IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 6));
	sigaltstack(&s, NULL);
	sigaction(SIGUSR1, &a, NULL);
	signal(SIGUSR2, SIG_IGN);
	put("/proc/self/oom_score_adj", "321");
	put("/proc/self/coredump_filter", "0x21");
	personality((unsigned long)personality(0xffffffff) | ADDR_NO_RANDOMIZE);
	prctl(PR_SET_SPECULATION_CTRL, PR_SPEC_STORE_BYPASS, PR_SPEC_DISABLE, 0,
	      0);
	syscall(SYS_membarrier, MEMBARRIER_REGISTER, 0, 0);
	syscall(SYS_set_mempolicy, MPOL_LOCAL, NULL, 0);
	fesetround(FE_TOWARDZERO);
}

static void read_process(void)
{
	want.dumpable = prctl(PR_GET_DUMPABLE);
	want.thp = prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0);
	want.oom = number("/proc/self/oom_score_adj", "");
	want.filter = number("/proc/self/coredump_filter", "");
	want.persona = (unsigned int)personality(0xffffffff);
	want.store_bypass =
		prctl(PR_GET_SPECULATION_CTRL, PR_SPEC_STORE_BYPASS, 0, 0, 0);
	want.execfn = getauxval(AT_EXECFN);
	CHECK_EQ(want.oom, 321);
	CHECK_EQ(want.filter, 0x21);
}

static void check_signals(void)
{
	struct sigaction a;
	sigset_t set;

	sigaction(SIGUSR1, NULL, &a);
	CHECK(a.sa_handler == on_signal);
	CHECK_EQ(a.sa_flags & (SA_NODEFER | SA_ONSTACK),
		 SA_NODEFER | SA_ONSTACK);
	sigaction(SIGUSR2, NULL, &a);
	CHECK(a.sa_handler == SIG_IGN);
	sigprocmask(SIG_BLOCK, NULL, &set);
	CHECK(sigismember(&set, SIGCONT));
	CHECK(!sigismember(&set, SIGTERM));
}

static void check_process(void)
{
	char cwd[4096];
	int v = -1;

	CHECK_EQ(umask(027), 027);
	CHECK(getcwd(cwd, sizeof(cwd)) && strstr(cwd, "/sub"));
	check_thread("kernel-state", SCHED_BATCH, want.nice, 123456, alt,
		     SIGWINCH);
	CHECK(sched_getscheduler(0) & SCHED_RESET_ON_FORK);
	check_limit(RLIMIT_NOFILE, 777);
	check_limit(RLIMIT_CORE, 0);
	check_limit(RLIMIT_CPU, 86400);
	check_limit(RLIMIT_STACK, 16 << 20);
	check_limit(RLIMIT_MSGQUEUE, 12345);
	CHECK_EQ(prctl(PR_GET_DUMPABLE), want.dumpable);
	CHECK_EQ(prctl(PR_GET_CHILD_SUBREAPER, &v), 0);
	CHECK_EQ(v, 1);
	CHECK_EQ(prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0), want.thp);
	CHECK_EQ(syscall(SYS_ioprio_get, IOPRIO_WHO_PROCESS, 0),
		 IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 6));
	CHECK_EQ(number("/proc/self/oom_score_adj", ""), want.oom);
	CHECK_EQ(number("/proc/self/coredump_filter", ""), want.filter);
	CHECK_EQ((unsigned int)personality(0xffffffff), want.persona);
	CHECK_EQ(prctl(PR_GET_SPECULATION_CTRL, PR_SPEC_STORE_BYPASS, 0, 0, 0),
		 want.store_bypass);
	CHECK_EQ(syscall(SYS_membarrier, MEMBARRIER_PRIVATE, 0, 0), 0);
	CHECK_EQ(fegetround(), FE_TOWARDZERO);
}

static void check_files(const char *argv0)
{
	char link[4096] = "";

	check_text("/proc/self/cmdline", argv0);
	check_text("/proc/self/comm", "kernel-state");
	CHECK(readlink("/proc/self/exe", link, sizeof(link) - 1) > 0);
	CHECK(strstr(link, "kernel_state") != NULL);
	CHECK_EQ(getauxval(AT_EXECFN), want.execfn);
	CHECK(getenv("PATH") != NULL);
}

static void check_leader(void)
{
	CHECK_EQ(getsid(0), getpid());
	CHECK_EQ(getpgrp(), getpid());
}

int main(int argc, char **argv)
{
	int leads = setsid() >= 0;
	sigset_t set;
	pthread_t t;

	check_args(argc, argv);
	want.nice = getpriority(PRIO_PROCESS, 0) + 3;
	want.worker_nice = want.nice + 4;
	sigemptyset(&set);
	sigaddset(&set, SIGCONT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	set_process();
	set_memory();
	read_process();
	CHECK_EQ(pthread_create(&t, NULL, real_time, NULL), 0);
	CHECK_EQ(pthread_create(&t, NULL, work, NULL), 0);
	while (!up)
		usleep(500);
	while (check_more()) {
		check_process();
		check_signals();
		check_memory();
		check_files(argv[0]);
		if (leads)
			check_leader();
		asked++;
		while (answered != asked)
			usleep(500);
	}
	return check_pass();
}
