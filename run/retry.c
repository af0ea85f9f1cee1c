/* SPDX-License-Identifier: MIT */
/* retry.c - what comes between a crash and the next try
 *
 * A node that is lost is missed by those who talk to it at once, and by the
 * batch system only after minutes. A launcher that is told to use it until then
 * fails, or waits for ever. So the nodes are tried before the line is.
 */
#include <stdint.h>
#include "../common/monotonic.h"
#include "retry.h"
#include "tell.h"

#define ASK_MS	10000  /* between two questions whether all nodes are there */
#define LOST_MS 360000 /* for the system to know: Slurm's default is 300 s */

/* Before the first, second ... try without progress; the last for all later
 * ones. Documented in mana_run(1). */
static const int pauses[] = { 0, 10000, 60000 };

#define PAUSES (int)(sizeof(pauses) / sizeof(pauses[0]))

/* 1: it is to end. */
static int pause_for(struct supervisor *s, int64_t ms)
{
	int64_t left = s->end ? s->end - monotonic_ms() : INT64_MAX;

	s->number = signals_wait(&s->signals, (int)(left < ms ? left : ms));
	return s->number || left <= ms;
}

/* The batch system knows of a loss. */
static enum retry use_left(struct run_job *j, const struct nodes *n)
{
	const struct batch *b = j->s.batch;

	if (j->line->n_parts > 1 ||
	    (!batch_nodes_have_room(b, n, j->from.size) &&
	     !line_overcommits(j->line))) {
		tell("the job has lost nodes, and those that are left (%s) "
		     "have no room for %u ranks",
		     n->list, j->from.size);
		return RETRY_FEW;
	}
	tell("the job has lost nodes: goes on with %s", n->list);
	j->nodes = *n;
	batch_use_nodes(b, n, j->from.size);
	return RETRY_NOW;
}

/* 1: they can be used as they are. */
static int are_there(struct run_job *j, enum retry *found)
{
	const struct batch *b = j->s.batch;
	struct nodes n;
	int rc = batch_nodes(b, &n);

	*found = RETRY_NOW;
	if (rc > 0)
		return 1;
	if (!rc && n.count < batch_nodes_known(b))
		*found = use_left(j, &n);
	return *found != RETRY_NOW || batch_nodes_answer(b);
}

enum retry retry_wait(struct run_job *j)
{
	struct supervisor *s = &j->s;
	int nth = s->o->retries - j->left - 1, said = 0;
	int64_t limit = monotonic_ms() + LOST_MS;
	enum retry found = RETRY_NOW;

	nth = nth < PAUSES ? nth : PAUSES - 1;
	if (pauses[nth] && pause_for(s, pauses[nth]))
		return RETRY_STOP;
	/* A program without a launcher needs no node but this one. */
	if (!s->batch || !j->line->family)
		return RETRY_NOW;
	if (j->nobody && j->nodes.count) {
		tell("the line does not start on the nodes that are left (%s)",
		     j->nodes.list);
		return RETRY_FEW;
	}
	while (!are_there(j, &found) && monotonic_ms() < limit) {
		if (!said++)
			tell("a node of the job does not answer: waiting for "
			     "it, or for the batch system to take it away");
		if (pause_for(s, ASK_MS))
			return RETRY_STOP;
	}
	return found;
}
