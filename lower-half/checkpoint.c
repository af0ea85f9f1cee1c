/* SPDX-License-Identifier: MIT */
/* checkpoint.c - what of this process goes into an image */
#include <errno.h>
#include <fcntl.h>
#include <gnu/libc-version.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>
#include "../common/back.h"
#include "../common/ckptdir.h"
#include "../common/trust.h"
#include "../image/pages.h"
#include "../upper-half/app.h"
#include "../upper-half/clone.h"
#include "../upper-half/cputime.h"
#include "../upper-half/ids.h"
#include "../upper-half/pending.h"
#include "../upper-half/task_attr.h"
#include "../upper-half/thread.h"
#include "checkpoint.h"
#include "children.h"
#include "core.h"
#include "cpu.h"
#include "creds_plan.h"
#include "file_table.h"
#include "process_attr.h"
#include "regions.h"
#include "table.h"
#include "stop.h"
#include "streams.h"
#include "task_status.h"
#include "timers.h"
#include "vm_flags.h"
#include "topology.h"

static int count_thread(struct thread *t, void *arg)
{
	if (t->state != THREAD_EXITING)
		(*(uint64_t *)arg)++;
	return 0;
}

static struct creds *keep_creds(const struct creds *c)
{
	struct creds *k = keep_alloc_hook(creds_size(c));

	if (k)
		memcpy(k, c, creds_size(c));
	return k;
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
		APP->creds = keep_creds(s.creds);
	} else if (APP->creds && !creds_same(s.creds, APP->creds)) {
		t->creds = keep_creds(s.creds);
	}
	task_status_free(&s);
	return 0;
}

static struct saved_timer *timers; /* of this checkpoint */
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

void checkpoint_describe(struct image_info *i)
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

void checkpoint_given(void)
{
	struct creds *c = creds_here();

	process_attr_read(&APP->attr_given);
	task_attr_save(&APP->task_given);
	APP->led_given = getsid(0) == getpid();
	keep_free(APP->creds_given);
	APP->creds_given = c ? keep_creds(c) : NULL;
	free(c);
}

static void describe_process(struct image_info *i)
{
	checkpoint_describe(i);
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

static int is_bound(struct thread *t, void *arg)
{
	(void)arg;
	return t->state != THREAD_EXITING &&
	       topology_bound(t->affinity, core.cpus);
}

#define SECTIONS 17

struct sections {
	struct image_section at[SECTIONS];
	void *owned[SECTIONS]; /* to be freed */
	size_t n;
};

static void sections_add(struct sections *s, const char *name, const void *data,
			 size_t len)
{
	if (len)
		s->at[s->n++] = (struct image_section){ name, data, len };
}

static void sections_free(struct sections *s)
{
	size_t i;

	for (i = 0; i < SECTIONS; i++)
		free(s->owned[i]);
}

/* data has n things of that size and is malloc'ed; or n is an -errno. */
static int sections_give(struct sections *s, const char *name, void *data,
			 long n, size_t size)
{
	if (n <= 0) {
		free(data);
		return (int)n;
	}
	s->owned[s->n] = data;
	sections_add(s, name, data, (size_t)n * size);
	return 0;
}

/* The processors, when a thread is bound to some of them. */
static int sections_cpus(struct sections *s)
{
	struct cpu_place *p;

	if (!thread_each(is_bound, NULL))
		return 0;
	p = calloc(CPUS_MAX, sizeof(*p));
	if (!p)
		return -ENOMEM;
	return sections_give(s, CPUS_SECTION, p,
			     (long)topology_read(core.cpus, p), sizeof(*p));
}

static int sections_kernel(struct sections *s)
{
	struct saved_vm_flags *f;
	long n;
	int rc = sections_give(s, TIMERS_SECTION, timers, n_timers,
			       sizeof(*timers));

	timers = NULL; /* they belong to the sections now */
	if (rc < 0)
		return rc;
	f = vm_flags_save(&n);
	return sections_give(s, VM_FLAGS_SECTION, f, n, sizeof(*f));
}

static int sections_files(struct sections *s, const struct file_table *t)
{
	struct saved_inode *inodes = calloc(t->inodes.n + 1, sizeof(*inodes));
	size_t i;

	if (!inodes)
		return -ENOMEM;
	for (i = 0; i < t->inodes.n; i++)
		inodes[i] = t->inodes.at[i].saved;
	sections_add(s, FD_SECTION, t->at, t->n * sizeof(*t->at));
	sections_add(s, LOCK_SECTION, t->locks.at,
		     t->locks.n * sizeof(*t->locks.at));
	sections_add(s, PIPE_SECTION, t->pipes, t->pipes_len);
	sections_add(s, NAME_SECTION, t->names.at, t->names.n);
	return sections_give(s, INODE_SECTION, inodes, (long)t->inodes.n,
			     sizeof(*inodes));
}

static int sections_make(struct sections *s, const struct image_info *info,
			 const struct file_table *t)
{
	const uint32_t *ids;
	size_t n;
	int rc;

	if (!APP->creds || !APP->creds_given)
		return -ENOMEM;
	sections_add(s, INFO_SECTION, info, sizeof(*info));
	ids = table_ids(&n);
	sections_add(s, TABLE_SECTION, ids, n * sizeof(*ids));
	sections_add(s, CREDS_SECTION, APP->creds, creds_size(APP->creds));
	sections_add(s, CREDS_GIVEN_SECTION, APP->creds_given,
		     creds_size(APP->creds_given));
	rc = sections_files(s, t);
	if (!rc)
		rc = sections_kernel(s);
	return rc < 0 ? rc : sections_cpus(s);
}

static int write_image(int dir, const char *file, const char *path,
		       const struct image_info *info,
		       const struct file_table *t, const struct regions *r,
		       const struct image_options *o, struct image_result *res,
		       char *err, size_t errlen)
{
	struct sections s = { 0 };
	int rc = sections_make(&s, info, t);

	if (!rc)
		rc = image_write(dir, file, path, r->at, r->n, s.at, s.n, o,
				 res, err, errlen);
	sections_free(&s);
	return rc;
}

/* The working directory was removed, or no path leads to it. */
static int directory_unknown(char *why, size_t len)
{
	char path[PATH_MAX];
	struct stat st;

	if ((stat(".", &st) == 0 && !st.st_nlink) || getcwd(path, sizeof(path)))
		return 0;
	snprintf(why, len,
		 "the program's working directory has no name that "
		 "leads there: the checkpoint is possible once it is in "
		 "another one");
	return 1;
}

static int is_in_the_way(char *why, size_t len)
{
	int untold;

	if (files_refuse(why, len) || regions_refuse(why, len) ||
	    children_any(why, len))
		return 1;
	if (unsaved_why()) {
		snprintf(why, len, "%s", unsaved_why());
		return 1;
	}
	if (directory_unknown(why, len))
		return 1;
	untold = clone_sharers();
	if (untold)
		snprintf(why, len,
			 "%d threads without thread-local storage of "
			 "their own cannot be saved: the checkpoint is "
			 "possible once they have ended",
			 untold);
	if (untold == 0 && APP->guarded && !pages_show_guards()) {
		snprintf(why, len,
			 "the program has guard pages, which this "
			 "kernel does not show (Linux 6.15 does): it cannot be "
			 "saved any more");
		return 1;
	}
	return untold > 0;
}

int checkpoint_refuse(char *why, size_t len)
{
	struct rlimit was;
	int refused;

	streams_limit_raise(&was);
	refused = is_in_the_way(why, len);
	streams_limit_back(&was);
	return refused;
}

/*
 * Opens the directory that the coordinator has made for this round, and makes
 * sure that it is that one, on whatever host this is: the checkpoint directory
 * may have been moved away since, and another job's may be in its place. -errno
 * and a sentence.
 */
static int open_generation(const struct wire_ckpt_begin *b, char *err,
			   size_t errlen)
{
	struct reason why = { 0 };
	struct job_mark m;
	int fd = trust_dir(AT_FDCWD, b->dir, b->dir, &why), rc;

	rc = fd < 0 ? fd : job_mark_read(fd, b->dir, &m, &why);
	if (!rc && (strcmp(m.round, b->round) || strcmp(m.id, core.job_id)))
		rc = reason_set(&why, -ESTALE, "",
				"%s: made by another "
				"coordinator: the checkpoint directory was "
				"replaced",
				b->dir);
	if (!rc)
		return fd;
	reason_text(&why, err, errlen);
	if (fd >= 0)
		close(fd);
	return rc;
}

int checkpoint_write(const struct wire_ckpt_begin *b, const char *file,
		     void (*progress)(void *, uint64_t, uint64_t),
		     struct image_result *res, char *err, size_t errlen)
{
	struct image_options o = { .level = b->level, .progress = progress };
	struct image_info *info = calloc(1, sizeof(*info));
	struct file_table t = { 0 };
	struct regions r = { 0 };
	char path[IMAGE_PATH_MAX + 256];
	struct rlimit was;
	int rc = -ENOMEM, dir = -1;

	streams_limit_raise(&was);
	if (info)
		rc = dir = open_generation(b, err, errlen);
	if (rc >= 0) {
		describe_process(info);
		APP->attr.limit[RLIMIT_NOFILE][0] = was.rlim_cur;
		APP->attr.limit[RLIMIT_NOFILE][1] = was.rlim_max;
		/* All ranks have stopped by now; before, they might have
		 * written to our files. */
		rc = files_save(&t, err, errlen);
		if (!rc)
			rc = regions_read(&r, &t);
	}
	snprintf(path, sizeof(path), "%s/%s", b->dir, file);
	if (!rc)
		rc = write_image(dir, file, path, info, &t, &r, &o, res, err,
				 errlen);
	if (dir >= 0)
		close(dir);
	if (rc < 0 && !err[0])
		snprintf(err, errlen, "%s", strerror(-rc));
	regions_free(&r);
	files_free(&t);
	free(info);
	streams_limit_back(&was);
	return rc;
}
