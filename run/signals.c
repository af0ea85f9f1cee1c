/* SPDX-License-Identifier: MIT */
/* signals.c - the signals that mana_run takes instead of obeying them */
#include <errno.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include "../common/monotonic.h"
#include "signals.h"

static const int taken[] = {
	SIGUSR1, SIGTERM, SIGINT, SIGHUP, SIGTSTP, SIGCHLD
};

#define TAKEN (sizeof(taken) / sizeof(taken[0]))

/* What nohup(1) or a shell's & has had ignored stays so. */
static int is_ignored(int number)
{
	struct sigaction a;

	return !sigaction(number, NULL, &a) && a.sa_handler == SIG_IGN &&
	       number != SIGCHLD;
}

int signals_open(struct signals *s)
{
	sigset_t set;
	size_t i;

	sigemptyset(&set);
	for (i = 0; i < TAKEN; i++)
		if (!is_ignored(taken[i]))
			sigaddset(&set, taken[i]);
	signal(SIGCHLD, SIG_DFL);
	sigprocmask(SIG_BLOCK, NULL, &s->before);
	s->fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (s->fd < 0)
		return -errno;
	sigaddset(&set, SIGTTOU); /* for tcsetpgrp */
	sigprocmask(SIG_BLOCK, &set, NULL);
	return 0;
}

int signals_next(const struct signals *s)
{
	struct signalfd_siginfo info;

	if (read(s->fd, &info, sizeof(info)) != sizeof(info))
		return 0;
	return (int)info.ssi_signo;
}

int signals_wait(const struct signals *s, int ms)
{
	struct pollfd p = { .fd = s->fd, .events = POLLIN };
	int64_t until = monotonic_ms() + ms, left;
	int number = 0;

	while (!number && (left = until - monotonic_ms()) > 0) {
		poll(&p, 1, (int)left);
		number = signals_next(s);
		if (number == SIGCHLD || number == SIGTSTP)
			number = 0;
	}
	return number;
}
