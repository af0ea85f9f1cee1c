/* SPDX-License-Identifier: MIT */
/* restore.c - a fresh lower half takes over an image
 *
 * A list of small steps; any failure ends the process with one sentence before
 * a single instruction of the application has run.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "../common/back.h"
#include "../common/exit_code.h"
#include "../common/lower.h"
#include "../image/image.h"
#include "../image/image_file.h"
#include "../launch/refusal.h"
#include "../lower-half/agent.h"
#include "../lower-half/core.h"
#include "../lower-half/exit.h"
#include "../lower-half/mm_show.h"
#include "../lower-half/donor.h"
#include "../lower-half/process_attr.h"
#include "../lower-half/stop.h"
#include "../lower-half/timers.h"
#include "../lower-half/vm_flags.h"
#include "../upper-half/app.h"
#include "../upper-half/hook.h"
#include "../upper-half/sig.h"
#include "../upper-half/thread.h"
#include "agreement.h"
#include "fit.h"
#include "identity.h"
#include "inodes.h"
#include "memory.h"
#include "mpi_start.h"
#include "pick_image.h"
#include "reopen.h"
#include "restore.h"
#include "resume.h"

#define REFUSE_MS  5000	   /* for the others to come and be told */
#define OPEN_MS	   120000  /* all ranks are started by the launcher */
#define RESTORE_MS 3600000 /* disks may be slow; a death is noticed */

struct restore {
	struct pick p;
	struct image *img;
	const struct image_info *info;
	struct saved_files files;
	const struct cpu_place *cpus; /* NULL: no thread was bound */
	size_t n_cpus;
	char note[512]; /* what will not be as it was */
	struct memory_read reading;
	char err[8192 + 512];
	struct agreement with; /* the other ranks */
};

/* A setting that the command line does not give stays as the job had it. */
static void keep_setting(int *option, int had)
{
	if (*option < 0)
		*option = had;
}

static int find_image(struct restore *r)
{
	const char *dir = core.opt.ckptdir;
	struct manifest *m = &r->p.m;
	int rc;

	if (!dir)
		dir = getenv("MANA_CKPTDIR");
	if (!dir)
		dir = "ckpt";
	rc = pick_generation(dir, core.opt.generation, PICK_ONE, &r->p, r->err,
			     sizeof(r->err));
	if (rc < 0)
		return rc;
	if (r->p.note && core.rank == 0)
		lower_error("%s: %s", core.tool, r->p.note);
	core.opt.generation = m->generation;
	memcpy(core.job_id, m->id, sizeof(core.job_id));
	keep_setting(&core.opt.interval, m->interval);
	keep_setting(&core.opt.keep, m->keep);
	keep_setting(&core.opt.level, m->level);
	if ((int)m->size != core.size) {
		snprintf(r->err, sizeof(r->err),
			 "%s: the checkpoint has %u ranks, this run %d: start "
			 "%u",
			 r->p.path, m->size, core.size, m->size);
		return -EINVAL;
	}
	return 0;
}

static int uses_mpi(const struct restore *r)
{
	return r->info->mpi_phase != BACK_BEFORE_INIT;
}

static int check_cpus(struct restore *r)
{
	uint64_t len = 0;

	r->cpus = image_section(r->img, CPUS_SECTION, &len);
	r->n_cpus = len / sizeof(*r->cpus);
	return !r->cpus || (len % sizeof(*r->cpus) == 0 &&
			    topology_valid(r->cpus, r->n_cpus, r->info->cpus));
}

static int check_info(struct restore *r)
{
	r->info = fit_info(r->img);
	if (!r->info || saved_files_load(r->img, &r->files) < 0 ||
	    !check_cpus(r)) {
		snprintf(r->err, sizeof(r->err),
			 "%s: written by another version of mana: use that one",
			 r->img->path);
		return -EINVAL;
	}
	return fit_check(r->img->path, r->info, r->err, sizeof(r->err));
}

/* > 0: r->note says what will not be as it was. */
static int noted(struct restore *r, int rc)
{
	if (rc < 0)
		snprintf(r->err, sizeof(r->err), "%s: %s", r->info->exe,
			 r->note[0] ? r->note : strerror(-rc));
	if (rc > 0)
		refusal_say("%s: %s: %s", core.tool, r->info->exe, r->note);
	return rc < 0 ? rc : 0;
}

static int reserve(struct restore *r)
{
	int *ours[] = { &r->img->fd, &r->p.gen };

	return reopen_reserve(&r->files, ours, 2, r->err, sizeof(r->err));
}

static int restore_map(struct restore *r)
{
	int rc = core_gate();

	if (!rc)
		GATE->epoch = 2;
	hook_start();
	if (!rc)
		rc = inodes_make(&r->files, &r->p, core.rank, r->err,
				 sizeof(r->err));
	pick_close(&r->p);
	if (!rc)
		rc = memory_map(r->img, r->err, sizeof(r->err));
	if (!rc)
		rc = reopen_check(&r->files, r->err, sizeof(r->err));
	return rc < 0 ? rc : memory_read_start(&r->reading, r->img);
}

/* Native MPI starts while the pages are read; what needs them comes after
 * that. */
static int restore_upper(struct restore *r)
{
	int rc = 0;

	if (uses_mpi(r)) {
		rc = mpi_start(r->info->thread_level, OPEN_MS);
		r->with.said = rc < 0;
		r->with.mpi_up = !rc;
	}
	if (!rc)
		rc = memory_read_finish(&r->reading, r->err, sizeof(r->err));
	if (!rc)
		rc = resume_bind();
	if (!rc)
		rc = noted(r, identity_take(r->info, r->note, sizeof(r->note)));
	if (!rc)
		rc = resume_cpus(r->info->cpus, r->cpus, r->n_cpus);
	return rc < 0 ? rc : donor_start();
}

static int restore_process(struct restore *r)
{
	int rc = 0;

	snprintf(APP->libdir, sizeof(APP->libdir), "%s", core.libdir);
	if (!r->info->cwd[0])
		rc = reopen_gone_cwd();
	else if (chdir(r->info->cwd) < 0)
		lower_error("%s: %s: %s: going on in another directory",
			    core.tool, r->info->cwd, strerror(errno));
	umask(r->info->umask);
	if (!rc)
		rc = reopen_all(&r->files, r->err, sizeof(r->err));
	if (rc < 0)
		return rc;
	r->with.said = back_resume() < 0 || (uses_mpi(r) && back_rebuild() < 0);
	return r->with.said ? -EIO : 0;
}

static const struct saved_timer *timers(const struct restore *r, size_t *n)
{
	uint64_t len = 0;
	const void *t = image_section(r->img, TIMERS_SECTION, &len);

	*n = t ? len / sizeof(struct saved_timer) : 0;
	return t;
}

static int create_timers(struct restore *r)
{
	size_t n;
	const struct saved_timer *t = timers(r, &n);

	return timers_create(t, n, r->err, sizeof(r->err));
}

/* Threads block the signals of their timers until they go on. */
static void start_timers(const struct restore *r)
{
	size_t n;
	const struct saved_timer *t = timers(r, &n);

	timers_start(t, n);
	timers_interval_restore(r->info->itimer);
}

static void restore_vm_flags(const struct restore *r)
{
	uint64_t len = 0;
	const struct saved_vm_flags *f =
		image_section(r->img, VM_FLAGS_SECTION, &len);

	vm_flags_restore(f, f ? len / sizeof(*f) : 0);
}

static void block_signals(void)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
}

static int open_image(struct restore *r)
{
	int rc = pick_image(&r->p, (uint32_t)core.rank, NULL, &r->img, r->err,
			    sizeof(r->err));

	if (!rc)
		rc = check_info(r);
	if (!rc)
		rc = noted(r, identity_check(r->img, r->note, sizeof(r->note)));
	return rc < 0 ? rc : reserve(r);
}

/* Of an application that had called exit no thread is made anew. */
static int create_threads(struct restore *r)
{
	int rc;

	if (r->info->finished)
		return 0;
	rc = resume_create(r->note, sizeof(r->note));
	if (!rc && r->note[0])
		noted(r, 1);
	return rc < 0 ? rc : create_timers(r);
}

/* All ranks are there: the agent begins, and the threads go on. */
static void __attribute__((noreturn)) go_on(struct restore *r)
{
	int finished = r->info->finished, code = r->info->exit_code;
	uint64_t pending = r->info->pending;

	block_signals();
	sig_restore();
	stop_init();
	stop_restart_timeouts();
	agent_run();
	restore_vm_flags(r);
	process_attr_restore(&APP->attr, &APP->attr_given);
	mm_show();
	reopen_signals(&r->files);
	if (!finished)
		start_timers(r);
	image_close(r->img);
	pick_free(&r->p);
	if (finished)
		exit_resume_finished(code);
	core_say("going on");
	resume_go(pending);
}

void restore_run(void)
{
	struct restore *r = calloc(1, sizeof(*r));
	int rc;

	if (!r)
		_exit(EXIT_REFUSED);
	r->with.err = r->err;
	core.restarted = 1;
	rc = find_image(r);
	if (rc < 0)
		refusal_exit("%s: %s", core.tool,
			     r->err[0] ? r->err : strerror(-rc));
	rc = open_image(r);
	agent_start(rc < 0 ? r->p.m.program : r->info->exe);
	agreement_reach(&r->with, rc, "opened", OPEN_MS, REFUSE_MS);
	core_say("generation %llu, image of %s on %s",
		 (unsigned long long)r->p.m.generation, r->info->exe,
		 r->info->host);
	agreement_reach(&r->with, restore_map(r), "mapped", OPEN_MS, REFUSE_MS);
	rc = restore_upper(r); /* with MPI up, others at most still read */
	agreement_reach(&r->with, rc, "placed", RESTORE_MS,
			r->with.mpi_up ? RESTORE_MS : REFUSE_MS);
	rc = restore_process(r);
	if (!rc)
		rc = create_threads(r);
	agreement_reach(&r->with, rc, "restored", RESTORE_MS, REFUSE_MS);
	inodes_finish();
	rc = reopen_lock_inodes(&r->files, r->err, sizeof(r->err));
	if (rc < 0)
		agreement_refuse(&r->with, rc, REFUSE_MS);
	go_on(r);
}
