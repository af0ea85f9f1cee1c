/* SPDX-License-Identifier: MIT */
/* ending.c - what a job ended by, if not well
 *
 * The first rank that goes tells: a launcher kills the others when one has
 * died, and its exit code may say nothing of which of the two it was.
 */
#include <string.h>
#include <unistd.h>
#include "../common/ckptdir.h"
#include "../common/exit_code.h"
#include "ending.h"
#include "log.h"
#include "server.h"

void ending_begin(struct server *s)
{
	s->job.trouble = 0;
	unlinkat(s->dir.fd, END_FILE, 0);
}

/* A rank that ends by itself has said so, even if the MPI library is to end it
 * and all others (MPI_Abort). NULL: there is none. */
static const struct job_rank *leaver(const struct job *j)
{
	uint32_t i;

	for (i = 0; i < j->size; i++)
		if ((j->ranks[i].left || j->ranks[i].finished) &&
		    j->ranks[i].code)
			return &j->ranks[i];
	return NULL;
}

void ending_note(struct server *s, uint32_t rank)
{
	const struct job_rank *k = &s->job.ranks[rank], *by_itself;
	struct job_end e = { .rank = rank };
	int rc;

	if (s->job.trouble || (k->left && !k->code))
		return;
	by_itself = leaver(&s->job);
	if (s->job.killed)
		e.code = EXIT_KILLED;
	else if (by_itself)
		e.code = by_itself->code;
	else
		e.lost = 1;
	s->job.trouble = 1;
	memcpy(e.id, s->job.id, sizeof(e.id));
	rc = job_end_write(s->dir.fd, &e);
	if (rc)
		log_error("cannot write %s/" END_FILE ": %s", s->dir.path,
			  strerror(-rc));
}
