/* SPDX-License-Identifier: MIT */
/* info.c - what an image says of its process, and of where it was written */
#include <gnu/libc-version.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>
#include "../common/back.h"
#include "../upper-half/app.h"
#include "../upper-half/cputime.h"
#include "../upper-half/ids.h"
#include "../upper-half/pending.h"
#include "../upper-half/thread.h"
#include "core.h"
#include "cpu.h"
#include "creds_plan.h"
#include "info.h"
#include "process_attr.h"
#include "stop.h"
#include "task_status.h"
#include "timers.h"

static int count_thread(struct thread *t, void *arg)
{
	if (t->state != THREAD_EXITING)
		(*(uint64_t *)arg)++;
	return 0;
}

/* A thread's credentials are noted where they differ from the first thread's.
 * Signals that wait because they are blocked are noted with the thread, or the
 * process, that they were sent to. */
static int read_status(struct thread *t, void *arg)
{
	struct image_info *i = arg;
	struct task_status s;

	pending_forget(t); /* what an earlier checkpoint noted */
	if (t->state == THREAD_EXITING && t != core.main_thread)
		return 0;
	if (task_status_read(t->tid, &s) < 0)
		return 0; /* it has ended */
	t->pending = s.pending;
	i->pending = s.process_pending;
	s.creds->securebits = t->attr->securebits;
	keep_free(t->creds);
	t->creds = NULL;
	if (t == core.main_thread) {
		keep_free(APP->creds);
		APP->creds = creds_keep(s.creds);
	} else if (APP->creds && !creds_same(s.creds, APP->creds)) {
		t->creds = creds_keep(s.creds);
	}
	task_status_free(&s);
	return 0;
}

static struct saved_timer *timers; /* until info_timers hands them over */
static long n_timers;

static int has_pending(struct thread *t, void *arg)
{
	(void)arg;
	return t->pending != 0;
}

/* Credentials of the threads, the signals that wait for them, and the timers
 * from which more will come. */
static void read_signals(struct image_info *i)
{
	int64_t interval[3][4];
	long n;
	struct saved_timer *before = timers_save(&n);

	timers_interval_save(interval);
	read_status(core.main_thread, i); /* the others are told from it */
	thread_each(read_status, i);
	if (i->pending || thread_each(has_pending, NULL))
		stop_collect(i->pending);
	free(timers);
	timers = timers_save(&n_timers);
	timers_settle(timers, n_timers, before, n);
	timers_interval_save(i->itimer);
	timers_interval_settle(i->itimer, interval, i->pending);
	free(before);
}

static void read_ids(struct image_info *i)
{
	i->ppid = ids_virtual((int)raw_syscall0(SYS_getppid));
	i->pgid = -ids_virtual(-(int)raw_syscall1(SYS_getpgid, 0));
	i->sid = -ids_virtual(-(int)raw_syscall1(SYS_getsid, 0));
}

void info_here(struct image_info *i)
{
	struct utsname u;

	memset(i, 0, sizeof(*i));
	i->version = INFO_VERSION;
	i->rank = core.rank;
	i->size = core.size;
	i->hwcap = getauxval(AT_HWCAP);
	i->hwcap2 = getauxval(AT_HWCAP2);
	i->xfeatures = cpu_xfeatures();
	cpu_features(i->cpu_features);
	i->page_size = (uint64_t)sysconf(_SC_PAGESIZE);
	i->time = (uint64_t)time(NULL);
	snprintf(i->mpi, sizeof(i->mpi), "%s", back_name());
	back_version(i->mpi_version, sizeof(i->mpi_version));
	snprintf(i->libc, sizeof(i->libc), "%s", gnu_get_libc_version());
	if (uname(&u) == 0)
		snprintf(i->kernel, sizeof(i->kernel), "%s", u.release);
	gethostname(i->host, sizeof(i->host) - 1);
	cpu_name(i->cpu, sizeof(i->cpu));
}

void info_process(struct image_info *i)
{
	info_here(i);
	i->mpi_phase = back_phase();
	i->thread_level = back_level();
	i->finished = core.finished;
	i->exit_code = core.exit_code;
	i->pid = APP->pid;
	thread_each(count_thread, &i->n_threads);
	read_signals(i);
	read_ids(i);
	process_attr_read(&APP->attr);
	snprintf(i->exe, sizeof(i->exe), "%s", APP->exe);
	if (!getcwd(i->cwd, sizeof(i->cwd)))
		i->cwd[0] = 0;
	i->umask = umask(0);
	umask(i->umask);
	memcpy(i->cpus, core.cpus, sizeof(i->cpus));
	cputime_save_process();
}

struct saved_timer *info_timers(long *n)
{
	struct saved_timer *t = timers;

	*n = n_timers;
	timers = NULL;
	n_timers = 0;
	return t;
}
