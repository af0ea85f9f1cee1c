/* SPDX-License-Identifier: MIT */
/* children.c - processes the application has forked and not waited for
 *
 * Children are per thread in /proc; waitid(2) says quickly that there are none,
 * which is nearly always so.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "../common/proc_stat.h"
#include "children.h"

#define SHOW_MS 50

/* A child of the native MPI library, which ends with the process, so that its
 * pid is not given to another. */
static int native;

int children_of_thread(int *pids, int max)
{
	FILE *f = fopen("/proc/thread-self/children", "re");
	int n = 0;

	while (f && n < max && fscanf(f, "%d", &pids[n]) == 1)
		n++;
	if (f)
		fclose(f);
	return n;
}

void children_native(const int *before, int n)
{
	int now[65], n_now = children_of_thread(now, 65), i, j;

	for (i = 0; i < n_now; i++) {
		for (j = 0; j < n && before[j] != now[i];)
			j++;
		if (j == n && n < 64)
			native = now[i];
	}
}

/* Walks all threads' children until fn says 1. */
static int each_child(int (*fn)(int pid, void *arg), void *arg)
{
	DIR *d = NULL;
	struct dirent *e;
	siginfo_t si;
	char path[300];
	int found = 0, pid;
	FILE *f;

	if (waitid(P_ALL, 0, &si, WEXITED | WNOHANG | WNOWAIT | __WALL) == 0 ||
	    errno != ECHILD)
		d = opendir("/proc/self/task");
	while (d && !found && (e = readdir(d))) {
		snprintf(path, sizeof(path), "/proc/self/task/%s/children",
			 e->d_name);
		f = e->d_name[0] != '.' ? fopen(path, "re") : NULL;
		while (f && !found && fscanf(f, "%d", &pid) == 1)
			found = pid != native && fn(pid, arg);
		if (f)
			fclose(f);
	}
	if (d)
		closedir(d);
	return found;
}

struct wish {
	char *why;
	size_t len;
};

static int is_in_the_way(int pid, void *arg)
{
	const struct wish *w = arg;
	struct proc_stat p = { 0 };
	int ended = !proc_stat_read(pid, &p) && p.state == 'Z';

	snprintf(w->why, w->len,
		 "child process %d (%s) cannot be saved yet: "
		 "the checkpoint is possible once it %s",
		 pid, p.name, ended ? "was waited for" : "has ended");
	return 1;
}

int children_any(char *why, size_t len)
{
	struct wish w = { why, len };

	return each_child(is_in_the_way, &w);
}

struct runner {
	const char *path;
	int pid;
};

static int runs(int pid, void *arg)
{
	struct runner *r = arg;
	char link[64], exe[4096];
	struct proc_stat p;
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/%d/exe", pid);
	n = readlink(link, exe, sizeof(exe) - 1);
	exe[n > 0 ? n : 0] = 0;
	if (strcmp(exe, r->path) ||
	    (!proc_stat_read(pid, &p) && p.state == 'Z'))
		return 0;
	r->pid = pid;
	return 1;
}

int children_going_on(const char *path)
{
	struct runner r;
	int ms;

	for (ms = 0; ms < SHOW_MS; ms++) {
		r = (struct runner){ path, 0 };
		if (!each_child(runs, &r))
			return 0;
		if (getsid(r.pid) == r.pid)
			return r.pid;
		usleep(1000);
	}
	return 0;
}
