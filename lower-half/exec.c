/* SPDX-License-Identifier: MIT */
/* exec.c - the program becomes another one, under the same lower half
 *
 * Called from hooks under the upper FS (see lower_hooks.h): freestanding.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include "../common/back.h"
#include "../common/decimal.h"
#include "../common/keep.h"
#include "../common/launcher.h"
#include "../common/lower.h"
#include "../common/lower_hooks.h"
#include "../common/trust.h"
#include "../launch/preload.h"
#include "../upper-half/app.h"
#include "../upper-half/sig.h"
#include "../upper-half/thread.h"
#include "core.h"
#include "link.h"
#include "message.h"

/* Adds the option's name and its value, or nothing if that is not known.
 * Returns the new n. */
static int add_number(char **v, int n, const char *name, int value,
		      char text[DECIMAL_ROOM])
{
	if (value < 0)
		return n;
	v[n++] = (char *)name;
	*decimal_put(text, value) = 0;
	v[n++] = text;
	return n;
}

static int add(char **v, int n, const char *name, const char *value)
{
	if (!value || !value[0])
		return n;
	v[n++] = (char *)name;
	v[n++] = (char *)value;
	return n;
}

/* The options of this lower half that the next one is to have too. The
 * coordinator's settings are among them: it ends when its last rank does, and
 * the next one is to be like it. */
static int exec_options(char **v)
{
	static char text[3][DECIMAL_ROOM];
	int n = 0, interval, keep, level;

	v[n++] = "mana_launch";
	if (core.opt.no_coordinator)
		v[n++] = "--no-coordinator";
	n = add(v, n, "--mpi", back_name());
	n = add(v, n, "--tls", core.opt.tls_fs ? "fs" : NULL);
	n = add(v, n, "--ckptdir", core.opt.ckptdir);
	n = add(v, n, "--port-file", core.opt.port_file);
	n = add(v, n, "--trust-owner", trust_added());
	n = add(v, n, "--job-id", core.job_id);
	link_settings(&interval, &keep, &level);
	n = add_number(v, n, "--interval", interval, text[0]);
	n = add_number(v, n, "--keep", keep > 0 ? keep : -1, text[1]);
	return add_number(v, n, "--level", level, text[2]);
}

static int count(char **v)
{
	int n = 0;

	while (v && v[n])
		n++;
	return n;
}

static char *preload_rename(char *to, const char *entry)
{
	const char *part = PRELOAD_PART;
	char *p = to;

	while (*part)
		*p++ = *part++;
	while ((*p++ = *entry++))
		;
	return to;
}

/* How much room LD_PRELOAD's entry takes under its other name. */
static size_t preload_room(char **envp)
{
	size_t n = 0;

	for (; envp && *envp; envp++)
		while (preload_is(*envp, PRELOAD) && (*envp)[n])
			n++;
	return n + sizeof(PRELOAD_OTHER);
}

/* The environment that the program has given to exec, but the launcher's
 * variables as the launcher has set them. */
static void exec_environ(char **out, char **envp, char *other)
{
	char **e;

	for (e = envp; e && *e; e++)
		if (!launcher_owns(*e))
			*out++ = preload_is(*e, PRELOAD) ?
					 preload_rename(other, *e) :
					 *e;
	for (e = environ; e && *e; e++)
		if (launcher_owns(*e))
			*out++ = *e;
}

/* A checkpoint may ask for a stop just now, and the signal would end the new
 * program, which has no handler for it yet. So it is blocked, and forgotten
 * there (stop_begin). If exec fails it is delivered here, late. */
static long execve_before_stop(char **v, char **e)
{
	uint64_t stop = 1UL << (SIG_STOP - 1), old;
	long rc;

	raw_syscall4(SYS_rt_sigprocmask, SIG_BLOCK, (long)&stop, (long)&old, 8);
	rc = raw_syscall3(SYS_execve, (long)core.self, (long)v, (long)e);
	raw_syscall4(SYS_rt_sigprocmask, SIG_SETMASK, (long)&old, 0, 8);
	return rc;
}

/* Upper FS, freestanding. This is how a shell script that ends in "exec ./app"
 * comes to its program. */
long lower_exec(const char *path, char **argv, char **envp)
{
	int n, i;
	char **v, **e;
	long rc;

	if (core.is_child || back_phase() != BACK_BEFORE_INIT || !argv ||
	    !argv[0])
		return 1;
	rc = raw_syscall3(SYS_access, (long)path, 1 /* X_OK */, 0);
	if (rc < 0)
		return rc;
	n = count(argv) + 32;
	i = count(envp) + count(environ) + 1;
	v = keep_alloc_hook((size_t)(n + i) * sizeof(*v) + preload_room(envp));
	if (!v)
		return -ENOMEM;
	e = v + n;
	exec_environ(e, envp, (char *)(e + i));
	n = exec_options(v);
	v[n++] = "--argv0";
	v[n++] = argv[0];
	v[n++] = "--";
	v[n++] = (char *)path;
	for (i = 1; argv[i]; i++)
		v[n++] = argv[i];
	rc = execve_before_stop(v, e);
	keep_free(v);
	return rc;
}

/* Reads the name of an open file, "" if it has none. Returns the end of the
 * name. */
static char *name_of(int fd, char *to, long max)
{
	char link[64],
		*end = message_put(link, link + 40, "/proc/thread-self/fd/");
	long n;

	*decimal_put(end, fd) = 0;
	n = raw_syscall3(SYS_readlink, (long)link, (long)to, max);
	n = n > 0 && n < max && to[0] == '/' ? n : 0;
	to[n] = 0;
	return to + n;
}

#define NAME_ROOM 4096

/* full has room for both names. */
static long exec_at(int dir, const char *path, const long *a, char *full)
{
	char *end = name_of(dir, full, NAME_ROOM);
	long rc;

	if (path[0] && end == full)
		return 1; /* no directory, or a removed one */
	if (path[0]) {
		end = message_put(end, full + NAME_ROOM, "/");
		*message_put(end, full + 2 * NAME_ROOM - 1, path) = 0;
	}
	rc = full[0] ? lower_exec(full, (char **)a[2], (char **)a[3]) : -ENOENT;
	if (rc != -ENOENT || path[0])
		return rc;
	end = message_put(full, full + 256, core.tool);
	end = message_put(end, full + 256,
			  ": execveat: what the program becomes has "
			  "no name: it runs without checkpoints\n");
	message_line(full, (size_t)(end - full));
	return 1;
}

/* Upper FS, freestanding. fexecve(3) comes here, and names below an open
 * directory. */
long lower_exec_at(const long *a)
{
	const char *path = (const char *)a[1];
	char *full;
	long rc;

	if (core.is_child || !path || a[4] & ~(long)AT_EMPTY_PATH)
		return 1;
	if (path[0] == '/' || ((int)a[0] == AT_FDCWD && path[0]))
		return lower_exec(path, (char **)a[2], (char **)a[3]);
	if ((int)a[0] < 0)
		return 1; /* an error */
	full = keep_alloc_hook(2 * NAME_ROOM);
	if (!full)
		return -ENOMEM;
	rc = exec_at((int)a[0], path, a, full);
	keep_free(full);
	return rc;
}
