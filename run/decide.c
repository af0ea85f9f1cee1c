/* SPDX-License-Identifier: MIT */
/* decide.c - whether a line begins, or goes on, and from which generation
 *
 * Work is never lost by a guess: where it is not clear that the generations in
 * the directory are this line's, the user is asked.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "decide.h"

#define ANEW "start anew with --new, or choose another --ckptdir"

static enum decision refuse_line(const struct record *r, const char *dir,
				 struct reason *why)
{
	char *line = record_line(r);

	reason_set(why, -EINVAL,
		   "run that one, start anew with --new, or choose another "
		   "--ckptdir",
		   "%s: it is of another line: %.2000s", dir,
		   line ? line : "?");
	free(line);
	return DECIDE_REFUSE;
}

static enum decision refuse_foreign(const struct decide_found *f,
				    const char *dir, struct reason *why)
{
	reason_set(why, -EINVAL, "go on with mana_restart, " ANEW,
		   "%s: generation %" PRIu64 " of %.900s is in it, which "
		   "mana_run did not start",
		   dir, f->generation, f->program);
	return DECIDE_REFUSE;
}

static enum decision refuse_missing(const struct record *r,
				    const struct decide_found *f,
				    const char *dir, struct reason *why)
{
	reason_set(why, -ENOENT, ANEW,
		   "%s: the job had generation %" PRIu64 ", and now there is "
		   "none to go on from: %.2000s",
		   dir, r->generation, f->missing ? f->missing : "");
	return DECIDE_REFUSE;
}

enum decision decide(const struct record *r, const struct decide_found *f,
		     char *const *words, int n, int anew, const char *dir,
		     struct reason *why)
{
	if (anew || r->state == RECORD_DONE)
		return DECIDE_START;
	if (r->state == RECORD_NONE)
		return f->generation ? refuse_foreign(f, dir, why) :
				       DECIDE_START;
	if (!record_is_line(r, words, n))
		return refuse_line(r, dir, why);
	if (f->generation <= r->base)
		return r->generation ? refuse_missing(r, f, dir, why) :
				       DECIDE_START;
	if (r->id[0] && strcmp(r->id, f->id))
		return refuse_foreign(f, dir, why);
	return DECIDE_GO_ON;
}
