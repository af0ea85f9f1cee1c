/* SPDX-License-Identifier: MIT */
/* start.c - start a coordinator for a job that has none
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
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "rendezvous.h"
#include "start.h"

#define POLL_MS 20

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

static int find_program(char *path, size_t len, char *err, size_t errlen)
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
		snprintf(path, len, "%s/%s/mana_coordinator", dir, places[i]);
		if (access(path, X_OK) == 0)
			return 0;
	}
	snprintf(err, errlen, "cannot start a coordinator: no mana_coordinator "
		 "beside this program: start one by hand");
	return -ENOENT;
}

#define ARGS_MAX 24

/* NULL-terminated argument list; numbers are kept in text. */
static void make_args(const char **argv, const struct client_options *o,
		      char *program, char text[3][16])
{
	const char *file = o->port_file ? o->port_file :
					  getenv("MANA_PORT_FILE");
	size_t n = 0;

	argv[n++] = program;
	argv[n++] = "--daemon";
	argv[n++] = "--exit-on-last";
	argv[n++] = "--ckptdir";
	argv[n++] = client_ckptdir(o);
	if (file && *file) {
		argv[n++] = "--port-file";
		argv[n++] = file;
	}
	if (o->interval) {
		snprintf(text[0], sizeof(text[0]), "%u", o->interval);
		argv[n++] = "-i";
		argv[n++] = text[0];
	}
	if (o->keep) {
		snprintf(text[1], sizeof(text[1]), "%u", o->keep);
		argv[n++] = "--keep";
		argv[n++] = text[1];
	}
	if (o->level >= 0) {
		snprintf(text[2], sizeof(text[2]), "%d", o->level);
		argv[n++] = "--level";
		argv[n++] = text[2];
	}
	argv[n] = NULL;
}

/* In the child. Does not return. */
static void become(const char **argv, int err_fd)
{
	sigset_t none;
	int null = open("/dev/null", O_RDWR);

	setsid();
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (err_fd != 2)
		dup2(err_fd, 2);
	dup2(null, 0);
	dup2(null, 1);
	close_range(3, ~0U, 0);
	execv(argv[0], (char **)argv);
	dprintf(2, "%s: %s", argv[0], strerror(errno));
	_exit(99);
}

/* What the child says until it closes its end; 0 or -ETIMEDOUT. */
static int listen_to(int fd, int64_t deadline, char *buf, size_t len)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char drop[256];
	size_t at = 0;
	ssize_t n;
	int rc;

	for (;;) {
		int64_t left = deadline - now_ms();

		rc = poll(&p, 1, left > 0 ? (int)left : 0);
		if (rc == 0)
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

static int launch(const struct client_options *o, int64_t deadline, char *err,
		  size_t errlen)
{
	char program[WIRE_PATH + 64], text[3][16], said[WIRE_TEXT] = "";
	const char *argv[ARGS_MAX];
	int p[2], status = 0, rc;
	pid_t pid;

	rc = find_program(program, sizeof(program), err, errlen);
	if (rc)
		return rc;
	make_args(argv, o, program, text);
	if (pipe2(p, O_CLOEXEC))
		return -errno;
	pid = fork();
	if (pid == 0)
		become(argv, p[1]);
	close(p[1]);
	rc = pid < 0 ? -errno : listen_to(p[0], deadline, said, sizeof(said));
	close(p[0]);
	if (rc == -ETIMEDOUT)
		kill(pid, SIGKILL);
	if (pid > 0)
		waitpid(pid, &status, 0);
	if (!rc && (!WIFEXITED(status) || WEXITSTATUS(status)))
		rc = -ECHILD;
	if (rc)
		snprintf(err, errlen, "cannot start a coordinator: %s",
			 said[0] ? said : strerror(-rc));
	return rc;
}

/* Somebody else has started one: the file is not the one we know. */
static int renewed(const struct client_options *o,
		   const struct client_where *stale)
{
	struct client_where w;
	char err[WIRE_TEXT];

	return !client_find(o, &w, err, sizeof(err)) &&
	       strcmp(w.secret, stale->secret);
}

int start_coordinator(const struct client_options *o,
		      const struct client_where *stale, int64_t timeout_ms,
		      char *err, size_t errlen)
{
	const struct timespec pause = { 0, POLL_MS * 1000000L };
	int64_t deadline = now_ms() + timeout_ms;
	const char *dir = client_ckptdir(o);
	int fd, rc;

	rc = rendezvous_dir(dir, err, errlen);
	while (!rc && !renewed(o, stale)) {
		fd = rendezvous_lock(dir, LOCK_STARTER, err, errlen);
		if (fd >= 0) {
			if (!renewed(o, stale))
				rc = launch(o, deadline, err, errlen);
			close(fd);
			return rc;
		}
		if (fd != -EAGAIN)
			return fd;
		nanosleep(&pause, NULL);
		if (now_ms() > deadline) {
			snprintf(err, errlen, "no coordinator after %d s: "
				 "another rank is starting it in %s: see "
				 "%s/coordinator.log", CLIENT_ALIVE_MS / 1000,
				 dir, dir);
			return -ETIMEDOUT;
		}
	}
	return rc;
}
