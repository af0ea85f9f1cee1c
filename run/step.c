/* SPDX-License-Identifier: MIT */
/* step.c - the line as a process: its start, its end, and its terminal */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "../common/exit_code.h"
#include "../common/monotonic.h"
#include "step.h"

int step_start(struct step *s, char *const *argv, int foreground,
	       const sigset_t *mask)
{
	memset(s, 0, sizeof(*s));
	s->own_group = !foreground;
	s->began = monotonic_ms();
	s->pid = fork();
	if (s->pid < 0)
		return -errno;
	if (s->pid) {
		if (s->own_group)
			setpgid(s->pid, s->pid);
		return 0;
	}
	if (s->own_group)
		setpgid(0, 0);
	sigprocmask(SIG_SETMASK, mask, NULL);
	execvp(argv[0], argv);
	dprintf(2, "mana_run: %s: %s: check the name and PATH\n", argv[0],
		strerror(errno));
	_exit(EXIT_NO_EXEC);
}

/* From the foreground on it has Ctrl-C, too: it reads what is typed. */
static void give_terminal(const struct step *s, int number)
{
	if ((number != SIGTTIN && number != SIGTTOU) || !s->own_group)
		return;
	if (!tcsetpgrp(0, s->pid))
		kill(-s->pid, SIGCONT);
}

int step_ended(struct step *s)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(s->pid, &status, WNOHANG | WUNTRACED)) > 0) {
		if (WIFSTOPPED(status)) {
			give_terminal(s, WSTOPSIG(status));
			continue;
		}
		s->status = status;
		if (s->own_group && tcgetpgrp(0) == s->pid)
			tcsetpgrp(0, getpgrp());
		return 1;
	}
	return pid < 0 && errno != EINTR;
}

void step_signal(const struct step *s, int number)
{
	kill(s->own_group && number == SIGKILL ? -s->pid : s->pid, number);
}

void step_suspend(const struct step *s)
{
	if (s->own_group)
		kill(-s->pid, SIGTSTP);
	kill(getpid(), SIGSTOP);
	if (s->own_group)
		kill(-s->pid, SIGCONT);
}

int step_code(const struct step *s)
{
	return WIFSIGNALED(s->status) ? 128 + WTERMSIG(s->status) :
					WEXITSTATUS(s->status);
}

int step_was_killed(const struct step *s)
{
	return WIFSIGNALED(s->status) || WEXITSTATUS(s->status) > 128;
}
