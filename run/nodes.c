/* SPDX-License-Identifier: MIT */
/* nodes.c - the nodes that a job still has, as Slurm tells of them
 *
 *     ... NodeList=n[1-2] NumNodes=2 ... Nodes=n1 CPU_IDs=0-3 Mem=0 GRES=
 *     Nodes=n2 CPU_IDs=0-1,4 ...
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "batch_row.h"

#define CPUS_MAX 1000000 /* of a node */

/* How many there are in "0-3,8"; 0: that is no such list. */
static unsigned int count_ids(const char *p)
{
	unsigned long first, last, n = 0;
	char *end;

	do {
		first = last = strtoul(p, &end, 10);
		if (end == p)
			return 0;
		if (*end == '-')
			last = strtoul(end + 1, &end, 10);
		if (last < first || last >= CPUS_MAX)
			return 0;
		n += last - first + 1;
		p = end + 1;
	} while (*end == ',' && n <= CPUS_MAX);
	return (unsigned int)n;
}

int nodes_take(struct nodes *n, const char *told)
{
	static const char ids[] = " CPU_IDs=";
	const char *p = told;
	char text[32];
	unsigned int cpus;

	n->cpus = CPUS_MAX;
	n->count = (unsigned int)strtoul(
		batch_field(told, "NumNodes", text, sizeof(text)), NULL, 10);
	batch_field(told, "NodeList", n->list, sizeof(n->list));
	while ((p = strstr(p, ids))) {
		p += sizeof(ids) - 1;
		cpus = count_ids(p);
		if (cpus < n->cpus)
			n->cpus = cpus;
	}
	if (!n->count || !n->list[0] || strlen(n->list) >= NODES_LIST - 1 ||
	    !n->cpus || n->cpus == CPUS_MAX)
		return -EPROTO;
	return 0;
}

int nodes_have_room(const struct nodes *n, unsigned int ranks,
		    unsigned int cpus)
{
	unsigned int on_each = n->cpus / (cpus ? cpus : 1);

	return on_each * (unsigned long)n->count >= ranks;
}

char *nodes_share(const struct nodes *n, unsigned int ranks, char *buf)
{
	unsigned int each = ranks / n->count, more = ranks % n->count;

	if (!each) /* slots that the line did not use before either */
		snprintf(buf, NODES_SHARE, "1(x%u)", n->count);
	else if (!more)
		snprintf(buf, NODES_SHARE, "%u(x%u)", each, n->count);
	else
		snprintf(buf, NODES_SHARE, "%u(x%u),%u(x%u)", each + 1, more,
			 each, n->count - more);
	return buf;
}

unsigned int batch_nodes_known(const struct batch *b)
{
	const char *v = batch_value(b->count[0]);

	return v ? (unsigned int)strtoul(v, NULL, 10) : 0;
}

int batch_nodes(const struct batch *b, struct nodes *n)
{
	static char told[131072];

	if (!b->nodes || batch_nodes_known(b) < 2)
		return 1;
	if (batch_ask(b, b->nodes, told, sizeof(told)))
		return -EIO;
	return nodes_take(n, told);
}

int batch_nodes_answer(const struct batch *b)
{
	char out[256];

	return batch_nodes_known(b) < 2 ||
	       !batch_ask(b, b->probe, out, sizeof(out));
}

void batch_use_nodes(const struct batch *b, const struct nodes *n,
		     unsigned int ranks)
{
	char text[NODES_SHARE];
	size_t i;

	setenv(b->overlap, "1", 1);
	setenv(b->share, nodes_share(n, ranks, text), 1);
	snprintf(text, sizeof(text), "%u", n->count);
	for (i = 0; i < 2; i++) {
		setenv(b->count[i], text, 1);
		setenv(b->list[i], n->list, 1);
		unsetenv(b->stale[i]);
	}
}

int batch_nodes_have_room(const struct batch *b, const struct nodes *n,
			  unsigned int ranks)
{
	const char *v = batch_value(b->rank_cpus[0]);
	long cpus;

	v = v ? v : batch_value(b->rank_cpus[1]);
	cpus = v ? strtol(v, NULL, 10) : 1;
	return nodes_have_room(n, ranks, cpus > 0 ? (unsigned int)cpus : 1);
}
