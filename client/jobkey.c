/* SPDX-License-Identifier: MIT */
/* jobkey.c - what the ranks of one mpirun have in common */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "../common/launcher.h"
#include "client.h"

struct process {
	int pid, parent;
	unsigned long long start; /* clock ticks since boot */
	char name[32];
};

/* Reads /proc/PID/stat. 0 or -1. */
static int process_read(int pid, struct process *p)
{
	char path[64], line[1024], *open, *close;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	f = fopen(path, "re");
	if (!f)
		return -1;
	open = fgets(line, sizeof(line), f) ? strchr(line, '(') : NULL;
	fclose(f);
	close = open ? strrchr(open, ')') : NULL; /* a name may hold ) */
	if (!close || sscanf(close + 1,
			     " %*c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u"
			     " %*u %*u %*d %*d %*d %*d %*d %*d %llu",
			     &p->parent, &p->start) != 2)
		return -1;
	*close = 0;
	p->pid = pid;
	snprintf(p->name, sizeof(p->name), "%.31s", open + 1);
	return 0;
}

/*
 * The launcher's process on this host. Hydra gives no name of the job in the
 * environment, and a shell may stand between its proxy and us.
 */
static int find_launcher(struct process *out)
{
	const char *option;
	struct process p;
	int pid, depth;

	if (process_read(getppid(), out))
		return -1;
	for (pid = out->pid, depth = 0; pid > 1 && depth < 16; depth++) {
		if (process_read(pid, &p))
			break;
		if (launcher_process(p.name, &option)) {
			*out = p;
			break;
		}
		pid = p.parent;
	}
	return 0;
}

/* Takes that part of a launcher's command line which is the same for all of one
 * job, on whatever host they are. */
static int from_command_line(const struct process *p, char *buf, size_t len)
{
	const char *option, *name = launcher_process(p->name, &option);
	char path[64], args[8192], *a;
	size_t n;
	FILE *f;

	if (!name)
		return 0;
	snprintf(path, sizeof(path), "/proc/%d/cmdline", p->pid);
	f = fopen(path, "re");
	if (!f)
		return 0;
	n = fread(args, 1, sizeof(args) - 1, f);
	fclose(f);
	args[n] = 0;
	for (a = args; a < args + n; a += strlen(a) + 1) {
		if (strcmp(a, option))
			continue;
		a += strlen(option) + 1;
		if (a >= args + n || !*a)
			return 0;
		snprintf(buf, len, "%s-%.100s", name, a);
		return 1;
	}
	return 0;
}

char *client_job_key(char *buf, size_t len)
{
	struct process p = { .pid = (int)getppid() };
	char host[65] = "";

	if (launcher_job(buf, len))
		return buf;
	gethostname(host, sizeof(host) - 1);
	find_launcher(&p);
	if (from_command_line(&p, buf, len))
		return buf;
	snprintf(buf, len, "%s-%d-%llu", host, p.pid, p.start);
	return buf;
}
