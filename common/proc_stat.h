/* SPDX-License-Identifier: MIT */
/* proc_stat.h - another process, or a thread, by /proc/PID/stat: proc(5) */
#ifndef MANA_PROC_STAT_H
#define MANA_PROC_STAT_H

struct proc_stat {
	int pid, parent;
	char state;		  /* its letter: R, S, D, T, t, Z ... */
	unsigned long long start; /* clock ticks since boot */
	char name[32];		  /* of the program, 15 letters of it */
};

/* 0, or -1: there is no such process. */
int proc_stat_read(int pid, struct proc_stat *p);

#endif
