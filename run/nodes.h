/* SPDX-License-Identifier: MIT */
/* nodes.h - the nodes that a job still has, as Slurm tells of them */
#ifndef MANA_NODES_H
#define MANA_NODES_H

#include <stddef.h>

#define NODES_LIST  8192
#define NODES_SHARE 64

struct nodes {
	unsigned int count;
	unsigned int cpus;     /* the job's, on the node with the fewest */
	char list[NODES_LIST]; /* as Slurm writes it: n[1-3,7] */
};

/* By the text of "scontrol -d -o show job". 0, or -EPROTO: it does not say. */
int nodes_take(struct nodes *n, const char *told);
/* 1: each of so many ranks can have so many CPUs (0: one) there. */
int nodes_have_room(const struct nodes *n, unsigned int ranks,
		    unsigned int cpus);
/* How many ranks go where, as in SLURM_TASKS_PER_NODE. Returns buf, of
 * NODES_SHARE bytes. */
char *nodes_share(const struct nodes *n, unsigned int ranks, char *buf);

#endif
