/* SPDX-License-Identifier: MIT */
/* barrier.c - ranks wait until all ranks of the job are there
 *
 * The job counts the ranks that wait, and how many of them do so in the barrier
 * that the first has come to: nothing is done for each rank before all are
 * there.
 */
#include <string.h>
#include "../common/exit_code.h"
#include "../common/text.h"
#include "barrier.h"
#include "job.h"
#include "peer.h"

/* Nobody waits any more. */
static void clear(struct job *j)
{
	uint32_t i;

	for (i = 0; i < j->size; i++)
		j->ranks[i].barrier[0] = 0;
	j->waiting = j->alike = 0;
}

void barrier_break(struct server *s)
{
	struct wire_code m = { .code = EXIT_REFUSED };
	struct job *j = &s->job;
	uint32_t i;

	if (!j->waiting)
		return;
	for (i = 0; i < j->size; i++)
		if (j->ranks[i].barrier[0] && j->ranks[i].peer)
			peer_send(s, j->ranks[i].peer, WIRE_KILL, &m);
	clear(j);
}

static void complete(struct server *s)
{
	struct job *j = &s->job;
	struct wire_barrier b = { 0 };

	memcpy(b.name, j->barrier, sizeof(b.name));
	memcpy(j->passed, b.name, sizeof(j->passed));
	if (!strcmp(b.name, "restored"))
		job_restored(j);
	clear(j);
	peer_send_all(s, WIRE_BARRIER_DONE, &b);
}

static void count(struct job *j, const char *name)
{
	if (!name[0])
		return;
	if (!j->waiting++)
		memcpy(j->barrier, name, sizeof(j->barrier));
	j->alike += !strcmp(j->barrier, name);
}

/* A rank has left one barrier for another, which none does when all is well. */
static void recount(struct job *j)
{
	uint32_t i;

	j->waiting = j->alike = 0;
	for (i = 0; i < j->size; i++)
		count(j, j->ranks[i].barrier);
}

void barrier_enter(struct server *s, uint32_t rank, const char *name)
{
	struct job *j = &s->job;
	char *mine = j->ranks[rank].barrier;
	int moved = mine[0] != 0;

	text_copy(mine, sizeof(j->ranks[rank].barrier), name);
	if (moved)
		recount(j);
	else
		count(j, mine);
	if (j->gone || (j->waiting == j->size && j->alike < j->waiting))
		barrier_break(s);
	else if (j->waiting == j->size)
		complete(s);
}
