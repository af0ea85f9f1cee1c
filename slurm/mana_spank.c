/* SPDX-License-Identifier: MIT */
/* mana_spank.c - a plugin of Slurm: sbatch --mana[=SECONDS], also srun and
 * salloc
 *
 * An srun that was given the option, or runs in a job that was, becomes
 * `mana_run [-i SECONDS] srun ...`, whose own srun is left alone. That is all:
 * whatever else mana_run does (goes on, knows the job's end, has it requeued)
 * it does as in front of the line. An mpirun in the script is no plugin's to
 * change; it is told to the user, since its job would run without checkpoints.
 *
 * The file is for plugstack.conf(5):	optional
 * /usr/local/lib/mana/mana_spank.so Source: spank(8) of Slurm 22.05.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <slurm/spank.h>
#include "../common/last_part.h"
#include "../common/proc_stat.h"

#define PUBLIC	__attribute__((visibility("default")))
#define WORDS	4096
#define LETTERS 131072

PUBLIC const char plugin_name[] = "mana";
PUBLIC const char plugin_type[] = "spank";
PUBLIC const unsigned int plugin_version = SLURM_VERSION_NUMBER;
PUBLIC const unsigned int spank_plugin_version = 1;

static int wanted;
static char interval[16]; /* empty: mana_run's own choice */

static int take(int val, const char *arg, int remote)
{
	(void)val;
	(void)remote;
	if (arg && (!*arg || strlen(arg) >= sizeof(interval) ||
		    arg[strspn(arg, "0123456789")])) {
		slurm_error("--mana=%s: give a number of seconds", arg);
		return ESPANK_BAD_ARG;
	}
	wanted = 1;
	snprintf(interval, sizeof(interval), "%s", arg ? arg : "");
	return ESPANK_SUCCESS;
}

/* spank(8) has no table for sbatch and salloc: there it is registered. */
PUBLIC int slurm_spank_init(spank_t sp, int ac, char **av)
{
	static struct spank_option option = {
		"mana",
		"seconds",
		"checkpoint what srun starts (so often, else as mana_run "
		"finds), and go on from there when the job begins again",
		2,
		0,
		take
	};

	(void)ac;
	(void)av;
	switch (spank_context()) {
	case S_CTX_LOCAL:
	case S_CTX_REMOTE:
	case S_CTX_ALLOCATOR:
		return spank_option_register(sp, &option);
	default:
		return ESPANK_SUCCESS;
	}
}

/* 1: mana_run has started this srun, itself or by mpirun. */
static int is_under_run(void)
{
	struct proc_stat p = { .parent = getppid() };
	int i;

	for (i = 0; i < 64 && p.parent > 1; i++)
		if (proc_stat_read(p.parent, &p))
			return 0;
		else if (!strcmp(p.name, "mana_run"))
			return 1;
	return 0;
}

/* The words of this process behind the first `at` of v; how many there are
 * then, or -errno. */
static int add_own_words(char **v, int at)
{
	static char text[LETTERS];
	int fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
	ssize_t n, used = 0;
	char *p;

	if (fd < 0)
		return -errno;
	while ((n = read(fd, text + used, sizeof(text) - (size_t)used)) > 0)
		used += n;
	close(fd);
	if (n < 0 || !used || used == sizeof(text) || text[used - 1])
		return -E2BIG;
	for (p = text; p < text + used; p += strlen(p) + 1) {
		if (at >= WORDS - 1)
			return -E2BIG;
		v[at++] = p;
	}
	v[at] = NULL;
	return at;
}

/* What mpirun starts on the nodes by srun, and ours, which users put there. */
static int is_said(char *const *v, const char *const *names)
{
	for (; *v; v++) {
		const char *const *n;

		for (n = names; *n; n++)
			if (!strcmp(last_part(*v), *n))
				return 1;
	}
	return 0;
}

/* mana_run lies in ../../bin from here. */
static int find_run(char *buf, size_t len)
{
	char here[PATH_MAX];
	Dl_info info;
	int i;

	if (!dladdr((void *)plugin_name, &info) ||
	    !realpath(info.dli_fname, here))
		return -ENOENT;
	for (i = 0; i < 3; i++) {
		char *slash = strrchr(here, '/');

		if (!slash)
			return -ENOENT;
		*slash = 0;
	}
	if (snprintf(buf, len, "%s/bin/mana_run", here) >= (int)len)
		return -ENAMETOOLONG;
	return access(buf, X_OK) ? -errno : 0;
}

/* Returns only when it cannot. */
static int become(char **v, const char *run)
{
	sigset_t none;

	/* srun has blocked what mana_run and the program are to get. */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	close_range(3, UINT_MAX, CLOSE_RANGE_CLOEXEC);
	execv(run, v);
	return -errno;
}

/* mpirun gives its srun no stderr that anybody reads: its own is said it. */
static void warn_of_mpirun(void)
{
	static const char text[] =
		"mana: --mana is for srun: this mpirun runs without "
		"checkpoints: put mana_run in front of it\n";
	char name[64];
	int fd;

	snprintf(name, sizeof(name), "/proc/%d/fd/2", getppid());
	fd = open(name, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY);
	if (fd < 0 || write(fd, text, sizeof(text) - 1) < 0)
		slurm_error("%.*s", (int)sizeof(text) - 2, text);
	if (fd >= 0)
		close(fd);
}

static int refuse(const char *what, int rc)
{
	slurm_error("mana: %s: %s: put mana_run in front of srun instead of "
		    "--mana",
		    what, strerror(-rc));
	return ESPANK_ERROR;
}

PUBLIC int slurm_spank_init_post_opt(spank_t sp, int ac, char **av)
{
	static const char *const daemons[] = { "orted", "prted",
					       "hydra_pmi_proxy", NULL };
	static const char *const ours[] = { "mana_launch", "mana_restart",
					    NULL };
	static char *v[WORDS], run[PATH_MAX];
	int n = 0, rc;

	(void)sp;
	(void)ac;
	(void)av;
	if (!wanted || spank_context() != S_CTX_LOCAL || is_under_run())
		return ESPANK_SUCCESS;
	rc = find_run(run, sizeof(run));
	if (rc)
		return refuse("mana_run is not in ../../bin from the plugin",
			      rc);
	v[n++] = run;
	if (*interval) {
		v[n++] = "-i";
		v[n++] = interval;
	}
	rc = add_own_words(v, n);
	if (rc < 0)
		return refuse("srun's own line", rc);
	if (is_said(v + n, ours))
		return ESPANK_SUCCESS;
	if (is_said(v + n, daemons)) {
		warn_of_mpirun();
		return ESPANK_SUCCESS;
	}
	return refuse(run, become(v, run));
}
