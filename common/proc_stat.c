/* SPDX-License-Identifier: MIT */
/* proc_stat.c - another process, or a thread, by /proc/PID/stat: proc(5) */
#include <stdio.h>
#include <string.h>
#include "proc_stat.h"

int proc_stat_read(int pid, struct proc_stat *p)
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
			     " %c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u"
			     " %*u %*u %*d %*d %*d %*d %*d %*d %llu",
			     &p->state, &p->parent, &p->start) != 3)
		return -1;
	*close = 0;
	p->pid = pid;
	snprintf(p->name, sizeof(p->name), "%.31s", open + 1);
	return 0;
}
