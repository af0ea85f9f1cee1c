/* SPDX-License-Identifier: MIT */
/* life.c - how threads and processes of the upper half end, and errors
 *
 * Called from hooks under the upper FS (see lower_hooks.h): freestanding down
 * to the explicit crossing in half_process_exit.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>
#include "../common/back.h"
#include "../common/decimal.h"
#include "../common/exit_code.h"
#include "../common/keep.h"
#include "../common/launcher.h"
#include "../common/lower.h"
#include "../common/lower_hooks.h"
#include "../common/say.h"
#include "../common/stress.h"
#include "../common/trust.h"
#include "../launch/preload.h"
#include "../upper-half/app.h"
#include "../upper-half/futex_pi.h"
#include "../upper-half/ids.h"
#include "../upper-half/sig.h"
#include "../upper-half/thread.h"
#include "agent.h"
#include "children.h"
#include "core.h"
#include "life.h"
#include "link.h"
#include "own.h"
#include "park.h"
#include "timers.h"

/* Appends to line; the new end. */
static char *put(char *at, const char *end, const char *s)
{
	while (*s && at < end)
		*at++ = *s++;
	return at;
}

/* A forked child may have closed our descriptor, and the number may lead to a
 * file of its own: its stderr is then all there is. */
static void choose_stderr(void)
{
	if (say_fd > 2 && !own_has(say_fd))
		say_fd = 2;
}

void half_die(const char *why)
{
	char line[1024], *end = line + sizeof(line) - 1;
	char *at = put(line, end, core.tool ? core.tool : "mana");

	at = put(at, end, ": ");
	at = put(at, end, why);
	*at++ = '\n';
	choose_stderr();
	say_line(line, (size_t)(at - line));
	raw_syscall1(SYS_exit_group, EXIT_REFUSED);
	__builtin_unreachable();
}

void half_error(const char *fmt, ...)
{
	va_list ap;

	choose_stderr();
	va_start(ap, fmt);
	say_format(fmt, ap);
	va_end(ap);
}

void half_exit(int code)
{
	agent_goodbye(code);
	_exit(code);
}

void half_native_enter(struct half_native *s)
{
	int i;

	for (i = 1; i <= SIGS; i++)
		raw_syscall4(SYS_rt_sigaction, i, 0, (long)s->action[i], 8);
	raw_syscall2(SYS_sigaltstack, 0, (long)s->stack);
	s->n_children = children_of_thread(s->children, 64);
	s->n_timers = timers_ids(s->timers, 64);
}

void half_native_leave(const struct half_native *s)
{
	int i;

	/* Other threads may set actions meanwhile, so sig.c knows what is to be
	 * put back. When MPI starts in a restart there are no others, and upper
	 * memory, where sig.c keeps them, is not in place. */
	for (i = 1; i <= SIGS; i++)
		if (core.main_thread)
			sig_put_back(i, (const void *)s->action[i]);
		else
			raw_syscall4(SYS_rt_sigaction, i, (long)s->action[i], 0,
				     8);
	raw_syscall2(SYS_sigaltstack, (long)s->stack, 0);
	children_native(s->children, s->n_children);
	timers_native(s->timers, s->n_timers);
}

int half_is_child(void)
{
	return core.is_child;
}

int half_pid(void)
{
	return core.pid;
}

int half_id(void)
{
	return core.is_child ? core.child_id : APP->pid;
}

/* The child shares nothing with the job, so it drops its copy of the
 * connection. Its parent is known to it by the same id as to the parent
 * itself. */
void half_forked(struct thread *t)
{
	int pid = (int)raw_syscall0(SYS_getpid), id = ids_name(pid);

	if (GATE->epoch > 1) {
		ids_pair(half_id(), core.pid);
		t->cpu_past = APP->cpu_past = (struct cputime){ 0 };
	}
	core.is_child = 1;
	if (GATE->pending != PENDING_NONE)
		GATE->pending = PENDING_NONE;
	core.pid = t->tid = pid;
	core.child_id = t->vtid = id;
	core.main_thread = t;
	agent_forked();
}

void half_thread_exit(struct thread *t)
{
	if (GATE->epoch > 1)
		futex_robust_end(t, NULL);
	__atomic_store_n(&t->state, THREAD_EXITING, __ATOMIC_RELEASE);
	if (t == core.main_thread)
		return; /* the process may live on, and its record with it */
	STRESS_POINT();
	thread_forget(t);
	STRESS_POINT();
	park_release(t);
}

/*
 * The kernel clears the word that clone or set_tid_address named as it lets go
 * of the memory, and gives the id to others after that: to a thread of the
 * lower half, too, which goes on. The word may be another's memory by then, or
 * none.
 */
int half_thread_ended(const struct thread *t)
{
	struct iovec to, from = { (void *)t->clear_tid, sizeof(int) };
	int word = 0;
	long n;

	if (!t->tid || raw_syscall3(SYS_tgkill, core.pid, t->tid, 0) == -ESRCH)
		return 1;
	if (!t->clear_tid)
		return 0;
	to = (struct iovec){ &word, sizeof(word) };
	n = raw_syscall6(SYS_process_vm_readv, core.pid, (long)&to, 1,
			 (long)&from, 1, 0);
	return n != sizeof(word) || (word != t->tid && word != t->vtid);
}

/* The thread that has made t may not have come to read t's id yet
 * (thread_made). */
static int looked_at(const struct thread *t)
{
	const struct thread *u;

	for (u = KEEP_ROOT->threads; u; u = u->next)
		if (u->newborn == t)
			return 1;
	return 0;
}

static int is_gone(struct thread *t)
{
	return t->state == THREAD_EXITING && t != core.main_thread &&
	       half_thread_ended(t) && !looked_at(t);
}

void thread_reap(void)
{
	thread_sweep(is_gone);
}

/* Runs under the lower FS. The agent may save and even end this process
 * meanwhile. */
static void finish(int code)
{
	static struct thread *ends;
	struct thread *none = NULL, *self = half_self();
	int all = 0, child = children_going_on(core.self);

	if (child && !core.opt.no_coordinator)
		half_error(
			"%s: the program goes on as process %d, which it has "
			"forked: that cannot be checkpointed yet: run it in "
			"the foreground",
			core.tool, child);
	if (!__atomic_compare_exchange_n(&ends, &none, self, 0,
					 __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE) &&
	    none != self) {
		/* Another thread ends the process, with its code. */
		__atomic_store_n(&self->state, THREAD_ENDING, __ATOMIC_RELEASE);
		for (;;)
			pause();
	}
	core.exit_code = code;
	if (back_must_finish()) {
		__atomic_store_n(&core.finished, 1, __ATOMIC_RELEASE);
		__atomic_store_n(&self->state, THREAD_ENDING, __ATOMIC_RELEASE);
		agent_finished(code);
		while (!all) {
			pthread_mutex_lock(&core.finish_lock);
			all = back_finish_step();
			pthread_mutex_unlock(&core.finish_lock);
			if (!all)
				usleep(500);
		}
		pthread_mutex_lock(&core.finish_lock);
		__atomic_store_n(&core.ending, 1, __ATOMIC_RELEASE);
		back_finish();
		pthread_mutex_unlock(&core.finish_lock);
	}
	back_exit();
	agent_goodbye(code);
}

void half_process_exit(struct thread *t, int code)
{
	uint64_t back;

	if (core.is_child)
		return;
	if (!t->lower_fs)
		park_attach();
	back = gate_enter(t);
	finish(code);
	gate_leave(t, back);
	/* The other threads still run, but not for long: their robust futexes
	 * are released now, under the ids that the application knows. */
	if (GATE->epoch > 1)
		thread_each(futex_robust_end, NULL);
}

static int ends(struct thread *t, void *arg)
{
	(void)arg;
	t->state = THREAD_ENDING;
	return 0;
}

/* The image's application had ended: none of its threads is made anew. */
void life_resume_finished(int code)
{
	thread_each(ends, NULL);
	finish(code);
	_exit(code);
}

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
long half_exec(const char *path, char **argv, char **envp)
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
	char link[64], *end = put(link, link + 40, "/proc/thread-self/fd/");
	long n;

	*decimal_put(end, fd) = 0;
	n = raw_syscall3(SYS_readlink, (long)link, (long)to, max);
	n = n > 0 && n < max && to[0] == '/' ? n : 0;
	to[n] = 0;
	return to + n;
}

#define HALF_ROOM 4096

/* full has room for both names. */
static long exec_at(int dir, const char *path, const long *a, char *full)
{
	char *end = name_of(dir, full, HALF_ROOM);
	long rc;

	if (path[0] && end == full)
		return 1; /* no directory, or a removed one */
	if (path[0]) {
		end = put(end, full + HALF_ROOM, "/");
		*put(end, full + 2 * HALF_ROOM - 1, path) = 0;
	}
	rc = full[0] ? half_exec(full, (char **)a[2], (char **)a[3]) : -ENOENT;
	if (rc != -ENOENT || path[0])
		return rc;
	end = put(full, full + 256, core.tool);
	end = put(end, full + 256,
		  ": execveat: what the program becomes has "
		  "no name: it runs without checkpoints\n");
	choose_stderr();
	say_line(full, (size_t)(end - full));
	return 1;
}

/* Upper FS, freestanding. fexecve(3) comes here, and names below an open
 * directory. */
long half_exec_at(const long *a)
{
	const char *path = (const char *)a[1];
	char *full;
	long rc;

	if (core.is_child || !path || a[4] & ~(long)AT_EMPTY_PATH)
		return 1;
	if (path[0] == '/' || ((int)a[0] == AT_FDCWD && path[0]))
		return half_exec(path, (char **)a[2], (char **)a[3]);
	if ((int)a[0] < 0)
		return 1; /* an error */
	full = keep_alloc_hook(2 * HALF_ROOM);
	if (!full)
		return -ENOMEM;
	rc = exec_at((int)a[0], path, a, full);
	keep_free(full);
	return rc;
}
