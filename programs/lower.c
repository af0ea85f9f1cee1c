/* SPDX-License-Identifier: MIT */
/* lower.c - the lower half: becomes the application, or a restored one
 *
 * mana_launch and mana_restart (mana_launch.c) exec the lower half that fits,
 * with their own arguments and name.
 */
#include <errno.h>
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>
#include "../common/back.h"
#include "../common/lower.h"
#include "../launch/preload.h"
#include "../launch/program.h"
#include "../launch/refusal.h"
#include "../lower-half/address_space.h"
#include "../lower-half/agent.h"
#include "../lower-half/checkpoint.h"
#include "../lower-half/core.h"
#include "../lower-half/elf.h"
#include "../lower-half/gs.h"
#include "../lower-half/mm_show.h"
#include "../lower-half/own.h"
#include "../lower-half/donor.h"
#include "../lower-half/stack.h"
#include "../lower-half/stop.h"
#include "../lower-half/streams.h"
#include "../restart/restore.h"
#include "../upper-half/app.h"
#include "../upper-half/hook.h"
#include "../upper-half/ids.h"
#include "../upper-half/path.h"
#include "../upper-half/sig.h"
#include "../upper-half/thread.h"
#include "../upper-half/unsaved.h"
#include "../upper-half/vm.h"

extern const char vdso_image[], vdso_image_end[]; /* vdso_image.S */

static void die(const char *what, int rc)
{
	refusal_exit("%s: %s: %s", core.tool, what,
		     strerror(rc < 0 ? -rc : rc));
}

static void check(const char *what, int rc)
{
	if (rc < 0)
		die(what, rc);
}

/* Everything in keep memory that a new application needs. */
static int upper_create(const char *exe)
{
	struct app *a;
	int rc = keep_create();

	if (!rc)
		rc = vm_create();
	if (!rc)
		rc = streams_inherit();
	if (!rc)
		rc = sig_create();
	if (!rc)
		rc = ids_create();
	if (rc < 0)
		return rc;
	a = keep_alloc_hook(sizeof(*a));
	if (!a)
		return -ENOMEM;
	KEEP_ROOT->app = a;
	snprintf(a->exe, sizeof(a->exe), "%s", exe);
	snprintf(a->libdir, sizeof(a->libdir), "%s", core.libdir);
	a->pid = core.pid;
	checkpoint_given();
	if (!a->creds_given)
		return -ENOMEM;
	sig_inherit();
	return 0;
}

static int vdso_map(void)
{
	size_t n = (size_t)(vdso_image_end - vdso_image);
	void *m =
		mmap((void *)VDSO_IMAGE, n, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	if (m == MAP_FAILED)
		return -errno;
	memcpy(m, vdso_image, n);
	return mprotect(m, n, PROT_READ | PROT_EXEC) < 0 ? -errno : 0;
}

static int main_thread(void)
{
	struct thread *t = thread_create();

	if (!t)
		return -ENOMEM;
	t->tid = t->vtid = core.pid;
	t->state = THREAD_RUNNING;
	t->lower_fs = tls_get((int)GATE->fsgsbase);
	thread_bind(t->lower_fs, t);
	thread_main(t);
	donor_serve(t);
	core.main_thread = t;
	return 0;
}

/* The environment as mana_launch was given it. */
static char **given(char **envp)
{
	size_t n = 0, i;
	char **v;

	while (envp[n])
		n++;
	v = calloc(n + 1, sizeof(*v));
	if (!v)
		die("environment", ENOMEM);
	for (i = 0; i < n; i++)
		v[i] = envp[i] + (preload_is(envp[i], PRELOAD_OTHER) ?
					  strlen(PRELOAD_PART) :
					  0);
	return v;
}

/* Become the application. */
static void __attribute__((noreturn)) launch(int argc, char **argv, char **envp)
{
	char exe[4096], err[8192];
	struct elf_program app, interp;
	char *name = argv[0];

	if (program_find(name, exe, sizeof(exe), &argc, &argv, err,
			 sizeof(err)) < 0)
		goto refuse;
	if (core.opt.argv0 && argv[0] == name)
		argv[0] = (char *)core.opt.argv0;
	check("gate page", core_gate());
	check("upper memory", upper_create(exe));
	hook_start();
	check("vDSO", vdso_map());
	check("main thread", main_thread());
	check("nursery", donor_start());
	agent_start(exe);
	if (!strcmp(back_name(), "none"))
		path_no_mpi();
	if (elf_load(exe, 0, &app, err, sizeof(err)) < 0 ||
	    elf_load(app.interp, 1, &interp, err, sizeof(err)) < 0)
		goto refuse;
	check("stack", stack_build(&APP->stack, argc, argv, given(envp), exe,
				   &app, &interp, VDSO_IMAGE));
	prctl(PR_SET_NAME, basename(name));
	mm_show();
	core_say("%s at %#lx, %s at %#lx, %s below", exe, app.base, app.interp,
		 interp.base, back_name());
	check("stop signal", stop_init()); /* before the agent sends it */
	agent_run();
	donor_forget_rseq();
	if (GATE->tls ==
	    GATE_TLS_FS) /* else the program begins with lower TLS */
		tls_set((int)GATE->fsgsbase, 0);
	stack_jump(APP->stack.sp, interp.entry);
refuse:
	refusal_exit("%s: %s", core.tool, err);
}

int main(int argc, char **argv, char **envp)
{
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	const char *base = strrchr(argv[0], '/');
	const char *why = NULL;

	stop_begin();
	address_space_begin(argv);
	core.tool = base ? base + 1 : argv[0];
	core.tool = strcmp(core.tool, "mana_restart") ? "mana_launch" :
							"mana_restart";
	if (n < 0)
		die("/proc/self/exe", errno);
	self[n] = 0;
	snprintf(core.self, sizeof(core.self), "%s", self);
	snprintf(core.libdir, sizeof(core.libdir), "%s", dirname(self));
	options_parse(&core.opt, core.tool, argc, argv);
	if (address_space_check() < 0)
		refusal_exit("%s: memory of this process lies where the "
			     "program's is to: run it with a smaller stack "
			     "limit (ulimit -s)",
			     core.tool);
	core.pid = getpid();
	if (access("/proc/self/timers", R_OK) < 0)
		unsaved_timers();
	if (core.opt.job_id)
		snprintf(core.job_id, sizeof(core.job_id), "%s",
			 core.opt.job_id);
	core_rank_size();
	why = own_ready();
	if (why)
		refusal_exit("%s: the C library: %s: run mana with that of "
			     "this system",
			     core.tool, why);
	if (strcmp(back_name(),
		   "none")) /* without MPI there are hardly any crossings */
		why = core.opt.tls_fs ? "as told" : gs_start();
	if (why && core.rank == 0)
		core_say("FS is switched at each crossing: %s", why);
	check("standard streams", streams_init());
	if (!strcmp(core.tool, "mana_restart"))
		restore_run();
	launch(argc - core.opt.first, argv + core.opt.first, envp);
}
