/* SPDX-License-Identifier: MIT */
/* jobkey.c - what the ranks of one mpirun have in common */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "../common/launcher.h"
#include "../common/proc_stat.h"
#include "client.h"

/*
 * The launcher's process on this host. Hydra gives no name of the job in the
 * environment, and a shell may stand between its proxy and us.
 */
static int find_launcher(struct proc_stat *out)
{
	const char *option;
	struct proc_stat p;
	int pid, depth;

	if (proc_stat_read(getppid(), out))
		return -1;
	for (pid = out->pid, depth = 0; pid > 1 && depth < 16; depth++) {
		if (proc_stat_read(pid, &p))
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
static int from_command_line(const struct proc_stat *p, char *buf, size_t len)
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
	struct proc_stat p = { .pid = (int)getppid() };
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
