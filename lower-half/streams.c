/* SPDX-License-Identifier: MIT */
/* streams.c - what the launcher gave us: stdin, stdout, stderr and the like
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "../common/keep.h"
#include "../common/launcher.h"
#include "../common/say.h"
#include "own.h"
#include "streams.h"

#define FLAGS (O_NONBLOCK | O_APPEND | O_ASYNC | O_DIRECT | O_NOATIME)
#define HIGH  1016 /* few programs choose numbers there themselves */

/* Lies in keep memory: what a file is counts as it was at the launch. */
struct streams {
	uint32_t flags[STREAMS]; /* as the present launcher gave them */
	uint32_t n;
	struct own_given given[];
};

static int ref[STREAMS] = { -1, -1, -1 };

static struct streams *streams(void)
{
	return KEEP_ROOT->fds;
}

int streams_high(void)
{
	struct rlimit l;

	if (getrlimit(RLIMIT_NOFILE, &l) < 0 || l.rlim_cur >= HIGH + 8)
		return HIGH;
	return l.rlim_cur > 11 ? (int)l.rlim_cur - 8 : 3;
}

int streams_init(void)
{
	int i;

	for (i = 0; i < STREAMS; i++) {
		ref[i] = fcntl(i, F_DUPFD_CLOEXEC, streams_high());
		if (ref[i] < 0 && errno != EBADF)
			return -errno;
	}
	say_fd = ref[2];
	return 0;
}

int streams_ref(int i)
{
	return ref[i];
}

static int launchers_own(int fd)
{
	const char *name;
	size_t i;

	for (i = 0; (name = launcher_fd(i)); i++) {
		const char *v = getenv(name);

		if (v && atoi(v) == fd)
			return 1;
	}
	return 0;
}

static void note_flags(struct streams *s)
{
	int i;

	for (i = 0; i < STREAMS; i++)
		s->flags[i] = ref[i] < 0 ? 0 : (uint32_t)fcntl(ref[i], F_GETFL);
}

int streams_inherit(void)
{
	struct own_given g;
	struct streams *s;
	size_t i, n = 0;

	while (own_given(n, &g))
		n++;
	s = keep_alloc_hook(sizeof(*s) + n * sizeof(s->given[0]));
	if (!s)
		return -ENOMEM;
	for (i = 0; own_given(i, &g); i++)
		if (launchers_own(g.fd)) {
			own_take(g.fd);
		} else {
			s->given[s->n++] = g;
		}
	note_flags(s);
	KEEP_ROOT->fds = s;
	return 0;
}

void streams_keep(void)
{
	note_flags(streams());
}

int streams_lead_out(int fd)
{
	struct streams *s = streams();
	struct stat st;
	uint32_t i;

	if (fstat(fd, &st) < 0)
		return -errno;
	for (i = 0; i < s->n && s->given[i].fd != fd;)
		i++;
	if (i == s->n) {
		s = keep_realloc(s, sizeof(*s) + (i + 1) * sizeof(s->given[0]));
		if (!s)
			return -ENOMEM;
		KEEP_ROOT->fds = s;
		s->n++;
	}
	s->given[i] = (struct own_given){ fd, st.st_dev, st.st_ino };
	return 0;
}

int streams_inherited(int fd, uint64_t dev, uint64_t ino)
{
	const struct streams *s = streams();
	uint32_t i;

	for (i = 0; i < s->n; i++)
		if (s->given[i].dev == dev && s->given[i].ino == ino &&
		    (fd < 0 || s->given[i].fd == fd))
			return 1;
	return 0;
}

uint32_t streams_changed(int i, uint32_t flags)
{
	return (streams()->flags[i] ^ flags) & FLAGS;
}

int streams_given(int fd)
{
	struct own_given g;
	size_t i;

	for (i = 0; own_given(i, &g); i++)
		if (g.fd == fd)
			return 1;
	return 0;
}

static int move(int fd, int (*taken)(int fd), int top, int cmd)
{
	int to;

	if (fd < 0 || !taken(fd))
		return fd;
	to = fcntl(fd, cmd, top);
	if (to >= 0)
		close(fd);
	return to < 0 ? fd : to;
}

int streams_move_one(int fd, int (*taken)(int fd), int top)
{
	return move(fd, taken, top, F_DUPFD_CLOEXEC);
}

void streams_move(int (*taken)(int fd), int top)
{
	const char *name;
	char number[16];
	size_t i;

	for (i = 0; i < STREAMS; i++)
		ref[i] = streams_move_one(ref[i], taken, top);
	say_fd = ref[2];
	/* The connection to the launcher has the number that this launcher
	 * chose. */
	for (i = 0; (name = launcher_fd(i)); i++) {
		const char *v = getenv(name);
		int fd = v ? atoi(v) : -1, to = move(fd, taken, top, F_DUPFD);

		if (to == fd)
			continue;
		snprintf(number, sizeof(number), "%d", to);
		setenv(name, number, 1);
	}
}

void streams_limit_raise(struct rlimit *was)
{
	struct rlimit l;

	if (getrlimit(RLIMIT_NOFILE, was) < 0)
		was->rlim_cur = was->rlim_max = 0;
	l = *was;
	l.rlim_cur = l.rlim_max;
	if (was->rlim_max)
		setrlimit(RLIMIT_NOFILE, &l);
}

void streams_limit_back(const struct rlimit *was)
{
	if (was->rlim_max)
		setrlimit(RLIMIT_NOFILE, was);
}
