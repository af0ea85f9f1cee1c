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
#include "children.h"

/* Name and state of a process; 0 when it is gone. */
static char state_of(int pid, char name[32])
{
	char path[64], line[256], *p, state = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	f = fopen(path, "re");
	if (!f)
		return 0;
	if (fgets(line, sizeof(line), f) && (p = strrchr(line, ')'))) {
		*p = 0;
		if (p[1] == ' ')
			state = p[2];
		p = strchr(line, '(');
		snprintf(name, 32, "%.31s", p ? p + 1 : "?");
	}
	fclose(f);
	return state;
}

/* It ends with the process, so that its pid is not given to another. */
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

static int first_of(FILE *f, int living_only, char *why, size_t len)
{
	char name[32] = "";
	int pid, ended;

	while (fscanf(f, "%d", &pid) == 1) {
		ended = state_of(pid, name) == 'Z';
		if (pid == native || (ended && living_only))
			continue;
		snprintf(why, len, "child process %d (%s) cannot be saved yet: "
			 "the checkpoint is possible once it %s", pid, name,
			 ended ? "was waited for" : "has ended");
		return 1;
	}
	return 0;
}

int children_any(int living_only, char *why, size_t len)
{
	DIR *d = NULL;
	struct dirent *e;
	siginfo_t si;
	char path[300];
	int found = 0;
	FILE *f;

	if (waitid(P_ALL, 0, &si, WEXITED | WNOHANG | WNOWAIT | __WALL) == 0 ||
	    errno != ECHILD)
		d = opendir("/proc/self/task");
	while (d && !found && (e = readdir(d))) {
		snprintf(path, sizeof(path), "/proc/self/task/%s/children",
			 e->d_name);
		f = e->d_name[0] != '.' ? fopen(path, "re") : NULL;
		if (!f)
			continue;
		found = first_of(f, living_only, why, len);
		fclose(f);
	}
	if (d)
		closedir(d);
	return found;
}
