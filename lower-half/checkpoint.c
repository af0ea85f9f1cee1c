/* SPDX-License-Identifier: MIT */
/* checkpoint.c - what of this process goes into an image */
#include <errno.h>
#include <gnu/libc-version.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>
#include "build/gen/mpi_table.h"
#include "../mpi-wrappers/back/back.h"
#include "../upper-half/app.h"
#include "../upper-half/birth.h"
#include "../upper-half/cputime.h"
#include "../upper-half/hook.h"
#include "../upper-half/thread.h"
#include "checkpoint.h"
#include "children.h"
#include "core.h"
#include "cpu.h"
#include "files.h"
#include "regions.h"
#include "topology.h"

static int count_thread(struct thread *t, void *arg)
{
	if (t->state != THREAD_EXITING)
		(*(uint64_t *)arg)++;
	return 0;
}

/* Signals that wait because they are blocked: the thread's, the process's. */
static int read_pending(struct thread *t, void *arg)
{
	char path[64], line[128];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/thread-self/../%d/status", t->tid);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f)) {
		if (!strncmp(line, "SigPnd:", 7))
			t->pending = strtoul(line + 7, NULL, 16);
		if (!strncmp(line, "ShdPnd:", 7))
			*(uint64_t *)arg = strtoul(line + 7, NULL, 16);
	}
	if (f)
		fclose(f);
	return 0;
}

void checkpoint_describe(struct image_info *i)
{
	struct utsname u;

	memset(i, 0, sizeof(*i));
	i->version = INFO_VERSION;
	i->table = MPI_TABLE_ID;
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

static void describe_process(struct image_info *i)
{
	int t;

	checkpoint_describe(i);
	i->mpi_phase = back_phase();
	i->thread_level = back_level();
	i->finished = core.finished;
	i->exit_code = core.exit_code;
	i->pid = APP->pid;
	thread_each(count_thread, &i->n_threads);
	thread_each(read_pending, &i->pending);
	snprintf(i->exe, sizeof(i->exe), "%s", APP->exe);
	if (!getcwd(i->cwd, sizeof(i->cwd)))
		i->cwd[0] = 0;
	i->umask = umask(0);
	umask(i->umask);
	memcpy(i->cpus, core.cpus, sizeof(i->cpus));
	for (t = 0; t < 3; t++)
		getitimer(t, (struct itimerval *)i->itimer[t]);
	cputime_save_process();
}

static int is_bound(struct thread *t, void *arg)
{
	(void)arg;
	return t->state != THREAD_EXITING &&
	       topology_bound(t->affinity, core.cpus);
}

/* info, fds, cpus when a thread is bound, and one for each unlinked file. */
struct sections {
	struct image_section *at;
	char (*names)[32];
	size_t n;
};

static void sections_free(struct sections *s)
{
	size_t i;

	for (i = 2; i < s->n; i++)
		free((void *)s->at[i].data);
	free(s->at);
	free(s->names);
}

static int sections_cpus(struct sections *s)
{
	struct cpu_place *p;
	struct image_section *x = &s->at[s->n];

	if (!thread_each(is_bound, NULL))
		return 0;
	p = calloc(CPUS_MAX, sizeof(*p));
	if (!p)
		return -ENOMEM;
	x->name = CPUS_SECTION;
	x->data = p;
	x->len = topology_read(core.cpus, p) * sizeof(*p);
	s->n++;
	return 0;
}

static int sections_make(struct sections *s, const struct image_info *info,
			 const struct saved_file *f, size_t n, char *err,
			 size_t errlen)
{
	size_t i;

	s->at = calloc(n + 3, sizeof(*s->at));
	s->names = calloc(n + 1, sizeof(*s->names));
	if (!s->at || !s->names)
		return -ENOMEM;
	s->at[0] = (struct image_section){ INFO_SECTION, info, sizeof(*info) };
	s->at[1] = (struct image_section){ FD_SECTION, f, n * sizeof(*f) };
	s->n = 2;
	if (sections_cpus(s) < 0)
		return -ENOMEM;
	for (i = 0; i < n; i++) {
		struct image_section *x = &s->at[s->n];

		if ((f[i].kind != FILE_UNLINKED && f[i].kind != FILE_PIPE) ||
		    f[i].same_as >= 0 || f[i].size == 0)
			continue;
		x->data = files_contents(&f[i], err, errlen);
		if (!x->data)
			return -EIO;
		files_section(&f[i], s->names[i]);
		x->name = s->names[i];
		x->len = f[i].size;
		s->n++;
	}
	return 0;
}

int checkpoint_refuse(int last, char *why, size_t len)
{
	size_t n;
	int untold;
	struct saved_file *f = files_save(&n, why, len);

	free(f);
	if (!f || children_any(last, why, len))
		return 1;
	untold = birth_untold();
	if (untold) {
		snprintf(why, len, "%d threads without thread-local storage of "
			 "their own cannot be saved: the checkpoint is "
			 "possible once they have ended", untold);
		return 1;
	}
	n = hook_segments();
	if (n)
		snprintf(why, len, "%zu attached segments of System V shared "
			 "memory cannot be saved yet: the checkpoint is "
			 "possible once they are detached", n);
	return n > 0;
}

int checkpoint_write(const char *dir, const char *file, int level,
		     void (*progress)(void *, uint64_t, uint64_t),
		     struct image_result *res, char *err, size_t errlen)
{
	struct image_options o = { .level = level, .progress = progress };
	struct image_info *info = calloc(1, sizeof(*info));
	struct regions r = { 0 };
	struct sections s = { 0 };
	struct saved_file *f = NULL;
	char path[IMAGE_PATH_MAX + 256];
	size_t n = 0;
	int e = -ENOMEM;

	if (!info)
		goto out;
	describe_process(info);
	/* Again: a rank that stopped later may have written to our files. */
	f = files_save(&n, err, errlen);
	if (!f) {
		e = -EOPNOTSUPP;
		goto out;
	}
	e = regions_read(&r);
	if (e < 0)
		goto out;
	e = sections_make(&s, info, f, n, err, errlen);
	if (e < 0)
		goto out;
	snprintf(path, sizeof(path), "%s/%s", dir, file);
	e = image_write(path, r.at, r.n, s.at, s.n, &o, res, err, errlen);
out:
	sections_free(&s);
	if (e < 0 && !err[0])
		snprintf(err, errlen, "%s", strerror(-e));
	regions_free(&r);
	free(f);
	free(info);
	return e;
}
