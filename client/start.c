/* SPDX-License-Identifier: MIT */
/* start.c - start a coordinator for a job that has none, or a gatherer
 *
 * The new process keeps nothing of ours open: mpirun waits for the end of the
 * job's stdout and stderr, and PMI descriptors belong to the rank. It reports
 * failure as one line on its stderr, a pipe that it closes once it serves.
 */
#define _GNU_SOURCE 1
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "../common/exit_code.h"
#include "../common/monotonic.h"
#include "../common/trust.h"
#include "rendezvous.h"
#include "start.h"

#define POLL_MS 20
#define STACK	(64 << 10)

static int find_program(const char *name, char *path, size_t len, char *err,
			size_t errlen)
{
	static const char *const places[] = { ".", "../bin", "../../bin" };
	char exe[WIRE_PATH];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	const char *dir;
	size_t i;

	if (n < 0)
		return -errno;
	exe[n] = 0;
	dir = dirname(exe);
	for (i = 0; i < sizeof(places) / sizeof(*places); i++) {
		snprintf(path, len, "%s/%s/%s", dir, places[i], name);
		if (access(path, X_OK) == 0)
			return 0;
	}
	snprintf(err, errlen,
		 "cannot start %s: it is not beside this program: install "
		 "mana anew, or start it by hand",
		 name);
	return -ENOENT;
}

#define ARGS_MAX 32

/* An argument list that holds the texts of its numbers. */
struct args {
	const char *v[ARGS_MAX];
	size_t n;
	char text[8][16];
	size_t n_text;
};

static void add(struct args *a, const char *option, const char *value)
{
	if (!value || !*value)
		return;
	a->v[a->n++] = option;
	a->v[a->n++] = value;
}

static void add_number(struct args *a, const char *option, unsigned int n)
{
	char *text = a->text[a->n_text++];

	snprintf(text, sizeof(a->text[0]), "%u", n);
	add(a, option, text);
}

static void make_args(struct args *a, const struct client_options *o,
		      const char *program)
{
	memset(a, 0, sizeof(*a));
	a->v[a->n++] = program;
	a->v[a->n++] = "--daemon";
	a->v[a->n++] = "--exit-on-last";
	add(a, "--ckptdir", client_ckptdir(o));
	add(a, "--port-file",
	    o->port_file ? o->port_file : getenv("MANA_PORT_FILE"));
	add(a, "--trust-owner", trust_added());
	if (o->interval)
		add_number(a, "--interval", o->interval);
	if (o->keep)
		add_number(a, "--keep", o->keep);
	if (o->level >= 0)
		add_number(a, "--level", (unsigned int)o->level);
	if (o->target_s)
		add_number(a, "--clock-timeout", o->target_s);
	if (o->stage_s)
		add_number(a, "--stage-timeout", o->stage_s);
	if (o->kill_after_ckpt)
		a->v[a->n++] = "--kill-after-ckpt";
}

struct spawn {
	const struct args *args;
	int err_fd;
	char *stacks; /* STACK bytes each */
};

/*
 * A process group of its own: what a terminal or a launcher sends to the job is
 * not for it. Not a session: with CONFIG_SCHED_AUTOGROUP that would be a
 * scheduling group too, and Linux 6.18 lets one with a single process that
 * sleeps mostly wait for up to 30 s beside one whose many processes yield.
 */
static int become(void *arg)
{
	const struct spawn *s = arg;
	const char *program = s->args->v[0];
	int null = open("/dev/null", O_RDWR);
	sigset_t none;

	setpgid(0, 0);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (s->err_fd != 2)
		dup2(s->err_fd, 2);
	dup2(null, 0);
	dup2(null, 1);
	close_range(3, ~0U, 0);
	execv(program, (char **)s->args->v);
	dprintf(2, "%s: %s", program, strerror(errno));
	_exit(EXIT_REFUSED);
}

/* The new process becomes a child of init. */
static int leave(void *arg)
{
	const struct spawn *s = arg;

	_exit(clone(become, s->stacks + 2 * STACK,
		    CLONE_VM | CLONE_VFORK | SIGCHLD, arg) < 0);
}

/*
 * Does what fork and fork again would do, beside an application that runs: its
 * memory is not copied, however much that is, and neither its wait(2) nor its
 * SIGCHLD handler hears of a process that it has not made (exit signal 0).
 */
static int spawn(const struct args *args, int err_fd)
{
	struct spawn s = { .args = args, .err_fd = err_fd };
	sigset_t all, old;
	int pid, status = 0, rc = 0;

	s.stacks = malloc(2 * STACK);
	if (!s.stacks)
		return -ENOMEM;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	pid = clone(leave, s.stacks + STACK, CLONE_VM | CLONE_VFORK, &s);
	if (pid < 0)
		rc = -errno;
	while (pid > 0 && waitpid(pid, &status, __WCLONE) < 0 && errno == EINTR)
		;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	free(s.stacks);
	return rc ? rc : status ? -EAGAIN : 0;
}

/* Reads what the child says until it closes its end; 0 or -ETIMEDOUT. */
static int listen_to(int fd, int64_t deadline, char *buf, size_t len)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char drop[256];
	size_t at = 0;
	ssize_t n;
	int rc;

	for (;;) {
		int64_t left = deadline - monotonic_ms();

		rc = poll(&p, 1, left > 0 ? (int)left : 0);
		if (!rc)
			return -ETIMEDOUT;
		if (rc < 0)
			continue;
		if (at + 1 < len)
			n = read(fd, buf + at, len - at - 1);
		else
			n = read(fd, drop, sizeof(drop));
		if (n <= 0)
			break;
		if (at + 1 < len)
			at += (size_t)n;
	}
	buf[at] = 0;
	buf[strcspn(buf, "\n")] = 0;
	return 0;
}

/* 1: somebody else has started a coordinator, since the file is not the one we
 * know. */
static int renewed(const struct client_options *o,
		   const struct client_where *stale)
{
	struct client_where w;
	char err[WIRE_TEXT];

	return !client_find(o, &w, err, sizeof(err)) &&
	       strcmp(w.secret, stale->secret);
}

/* 0: it has closed its end of the pipe, and said was what it said before: the
 * reason why there is none. */
static int start_and_hear(const struct args *a, int64_t deadline, char *said,
			  size_t len)
{
	int p[2], rc;

	if (pipe2(p, O_CLOEXEC))
		return -errno;
	rc = spawn(a, p[1]);
	close(p[1]);
	if (!rc)
		rc = listen_to(p[0], deadline, said, len);
	close(p[0]);
	return rc;
}

static int launch(const struct client_options *o,
		  const struct client_where *stale, int64_t deadline, char *err,
		  size_t errlen)
{
	char program[WIRE_PATH + 64], said[WIRE_TEXT] = "";
	struct args a;
	int rc;

	rc = find_program("mana_coordinator", program, sizeof(program), err,
			  errlen);
	if (rc)
		return rc;
	make_args(&a, o, program);
	rc = start_and_hear(&a, deadline, said, sizeof(said));
	if (!rc && !renewed(o, stale))
		rc = -ECHILD;
	if (rc)
		snprintf(err, errlen, "cannot start a coordinator: %s",
			 said[0]       ? said :
			 rc == -ECHILD ? "it ended without a word" :
					 strerror(-rc));
	return rc;
}

int start_coordinator(const struct client_options *o,
		      const struct client_where *stale, int64_t timeout_ms,
		      char *err, size_t errlen)
{
	int64_t deadline = monotonic_ms() + timeout_ms;
	const char *dir = client_ckptdir(o);
	int at = rendezvous_dir(dir, err, errlen), fd = -EAGAIN, rc = 0;

	if (at < 0)
		return at;
	while (!renewed(o, stale)) {
		fd = rendezvous_lock(at, dir, LOCK_STARTER, err, errlen);
		if (fd != -EAGAIN)
			break;
		usleep(POLL_MS * 1000);
		if (monotonic_ms() <= deadline)
			continue;
		snprintf(err, errlen,
			 "no coordinator after %d s: another rank "
			 "is starting it in %s: see %s/coordinator.log",
			 CLIENT_ALIVE_MS / 1000, dir, dir);
		fd = -ETIMEDOUT;
		break;
	}
	if (fd >= 0 && !renewed(o, stale))
		rc = launch(o, stale, deadline, err, errlen);
	if (fd >= 0)
		close(fd);
	close(at);
	return fd < 0 && fd != -EAGAIN ? fd : rc;
}

int start_gatherer(const struct client_options *o, int64_t timeout_ms,
		   char *err, size_t errlen)
{
	char program[WIRE_PATH + 64], said[WIRE_TEXT] = "";
	struct args a = { 0 };
	int rc = find_program("mana_gatherer", program, sizeof(program), err,
			      errlen);

	if (rc)
		return rc;
	a.v[a.n++] = program;
	add(&a, "--ckptdir", o->ckptdir);
	add(&a, "--port-file", o->port_file);
	add(&a, "--trust-owner", trust_added());
	rc = start_and_hear(&a, monotonic_ms() + timeout_ms, said,
			    sizeof(said));
	if (!rc && said[0])
		rc = -ECHILD;
	if (rc)
		snprintf(err, errlen, "cannot start a gatherer: %s",
			 said[0] ? said : strerror(-rc));
	return rc;
}
