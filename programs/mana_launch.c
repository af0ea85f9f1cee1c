/* SPDX-License-Identifier: MIT */
/* mana_launch.c - pick the lower half and become it; mana_restart is a link
 *
 * The MPI that started us is the one to use: its launcher speaks to no other.
 * Started by hand, the program (or the image) says what it needs.
 */
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include "../common/exit_code.h"
#include "../common/last_part.h"
#include "../common/launcher.h"
#include "../common/mpis.h"
#include "../launch/options.h"
#include "../launch/pick.h"
#include "../launch/preload.h"
#include "../launch/program.h"
#include "../launch/refusal.h"

/* Which MPI library the dynamic linker would load for the program. */
static const char *by_libraries(const char *path)
{
	static const char loader[] = "/lib64/ld-linux-x86-64.so.2";
	char line[PATH_MAX + 256];
	const char *mpi = "none";
	int out[2];
	pid_t pid;
	size_t i;
	FILE *f;

	if (pipe(out) < 0)
		return mpi;
	pid = fork();
	if (pid == 0) {
		dup2(out[1], 1);
		close(2);
		execl(loader, loader, "--list", path, (char *)NULL);
		_exit(EXIT_NO_EXEC);
	}
	close(out[1]);
	f = fdopen(out[0], "r");
	while (f && fgets(line, sizeof(line), f))
		for (i = 0; i < MPI_SONAMES; i++)
			if (strstr(line, mpi_sonames[i].soname))
				mpi = mpi_sonames[i].mpi;
	if (f)
		fclose(f);
	if (pid > 0)
		waitpid(pid, NULL,
			0); /* else the program would inherit it through exec */
	return mpi;
}

static const char *by_program(const char *tool, int argc, char **argv)
{
	char path[PATH_MAX], err[2 * PATH_MAX];

	if (program_find(argv[0], path, sizeof(path), &argc, &argv, err,
			 sizeof(err)) < 0)
		refusal_exit("%s: %s", tool, err);
	return by_libraries(path);
}

static const char *by_image(const char *tool, const struct options *o)
{
	const char *dir = o->ckptdir ? o->ckptdir : getenv("MANA_CKPTDIR");
	const char *mpi = "none";
	char err[2 * PATH_MAX];
	struct pick p;
	size_t i;

	if (pick_generation(dir ? dir : "ckpt", o->generation, PICK_ALL, &p,
			    err, sizeof(err)) < 0)
		refusal_exit("%s: %s", tool, err);
	for (i = 0; i < MPIS; i++)
		if (strcasestr(p.m.mpi, mpis[i].version))
			mpi = mpis[i].name;
	pick_free(&p);
	return mpi;
}

static void hide_preload(void)
{
	const char *what = getenv(PRELOAD);

	unsetenv(PRELOAD_OTHER);
	if (what)
		setenv(PRELOAD_OTHER, what, 1);
	unsetenv(PRELOAD);
}

/* The lower half's own tables need 11 MB: with less, execve(2) comes to the
 * point of no return and the kernel kills the process without a word. */
#define LEAST_KB 20480

static void limit_check(const char *tool, int which, const char *name,
			char option)
{
	struct rlimit l;

	if (getrlimit(which, &l) < 0 || l.rlim_cur / 1024 >= LEAST_KB)
		return;
	refusal_exit("%s: %s is %lu kB: mana itself needs %d: raise it "
		     "(ulimit -%c)",
		     tool, name, (unsigned long)l.rlim_cur / 1024, LEAST_KB,
		     option);
}

/* Natively the tasks would run beside each other, each as rank 0 of 1. */
static void check_plugin(const char *tool, const char *mpi)
{
	const char *option = launcher_lacks(mpi);

	if (option)
		refusal_exit("%s: its launcher has told the tasks nothing that "
			     "%s understands, and each would be rank 0 of 1: "
			     "use %s (--mpi %s: it is meant so)",
			     tool, mpi, option, mpi);
}

static void become(const char *tool, const char *mpi, char **argv)
{
	static const char *const where[] = { "../lib/mana", "../libexec/mana",
					     "." };
	char self[PATH_MAX], path[2 * PATH_MAX + 64], *dir;
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	size_t i;

	if (n < 0)
		n = 0;
	self[n] = 0;
	dir = dirname(self);
	for (i = 0; i < sizeof(where) / sizeof(where[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s/lower-%s", dir, where[i],
			 mpi);
		execv(path, argv);
		if (errno != ENOENT)
			break;
	}
	refusal_exit("%s: %s/%s/lower-%s: %s: was mana built with this MPI?",
		     tool, dir, where[0], mpi, strerror(errno));
}

int main(int argc, char **argv)
{
	const char *base = last_part(argv[0]), *tool, *mpi;
	struct options o;

	tool = strcmp(base, "mana_restart") ? "mana_launch" : "mana_restart";
	options_parse(&o, tool, argc, argv);
	limit_check(tool, RLIMIT_DATA, "RLIMIT_DATA", 'd');
	limit_check(tool, RLIMIT_AS, "RLIMIT_AS", 'v');
	mpi = o.mpi;
	if (!mpi)
		mpi = launcher_mpi();
	if (!mpi) {
		mpi = !strcmp(tool, "mana_restart") ?
			      by_image(tool, &o) :
			      by_program(tool, argc - o.first, argv + o.first);
		check_plugin(tool, mpi);
	}
	hide_preload();
	if (!strcmp(tool, "mana_launch"))
		launcher_tell(base, argc - o.first, argv + o.first);
	become(tool, mpi, argv);
}
