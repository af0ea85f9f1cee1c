/* SPDX-License-Identifier: MIT */
/* identity.c - who the restored process is to the kernel, and to itself */
#include <errno.h>
#include <linux/limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "../lower-half/core.h"
#include "../lower-half/creds_plan.h"
#include "../upper-half/app.h"
#include "../upper-half/ids.h"
#include "../upper-half/task_attr.h"
#include "../upper-half/thread.h"
#include "identity.h"
#include "resume.h"

static const struct creds *section(const struct image *img, const char *name)
{
	uint64_t len = 0;
	const struct creds *c = image_section(img, name, &len);

	return c && len >= sizeof(*c) && c->n_groups <= NGROUPS_MAX &&
			       len == creds_size(c) ?
		       c :
		       NULL;
}

int identity_check(const struct image *img, char *note, size_t len)
{
	const struct creds *saved = section(img, CREDS_SECTION);
	const struct creds *given = section(img, CREDS_GIVEN_SECTION);
	struct creds *here = creds_here(), *want = NULL;
	int rc = -ENOMEM;

	if (!saved || !given) {
		snprintf(note, len, "the image's credentials make no sense");
		free(here);
		return -EINVAL;
	}
	want = malloc(creds_size(saved));
	if (want && here) {
		memcpy(want, saved, creds_size(saved));
		rc = creds_plan(want, given, here, note, len);
	}
	free(want);
	free(here);
	return rc;
}

struct plan {
	const struct creds *here;
	char *note;
	size_t len;
};

static int plan_thread(struct thread *t, void *arg)
{
	struct plan *p = arg;
	int rc = t->creds ? creds_plan(t->creds, APP->creds_given, p->here,
				       p->note, p->len) :
			    0;

	return rc < 0 ? rc : 0;
}

static int plan_creds(char *note, size_t len)
{
	struct creds *here = creds_here(), *given;
	struct plan p = { here, note, len };
	char said[256]; /* identity_check has said it */
	int rc;

	if (!here)
		return -ENOMEM;
	rc = creds_plan(APP->creds, APP->creds_given, here, said, sizeof(said));
	if (rc >= 0)
		rc = thread_each(plan_thread, &p);
	given = creds_keep(here);
	if (given && creds_same(APP->creds, APP->creds_given)) {
		keep_free(APP->creds_given);
		APP->creds_given = given;
	} else {
		keep_free(given);
	}
	free(here);
	return rc;
}

static void take_attributes(void)
{
	struct task_attr here = { 0 };

	resume_given(&APP->task_given);
	task_attr_save(&here);
	task_attr_give(&APP->task_given, core.main_thread->attr, &here);
}

/* That this process leads no session is worth a note only if the program had
 * asked to lead one: MPICH's mpirun makes each rank a leader, Open MPI's does
 * not. A process that was no leader stays in its launcher's session. */
static int take_session(const struct image_info *i, char *note, size_t len)
{
	if (i->sid == i->pid && getsid(0) != core.pid && setsid() < 0 &&
	    !APP->led_given) {
		snprintf(note, len,
			 "the program was a session leader: this "
			 "process leads a group and cannot be: start "
			 "mana_restart by setsid(1)");
		return 1;
	}
	if (i->sid != i->pid && i->pgid == i->pid && getpgrp() != core.pid &&
	    setpgid(0, 0) < 0) {
		snprintf(note, len, "the program led a process group: %s",
			 strerror(errno));
		return 1;
	}
	return 0;
}

static void take_ids(const struct image_info *i)
{
	ids_forget();
	if (i->ppid != 1)
		ids_pair(i->ppid, getppid());
	if (i->sid != i->pid)
		ids_pair(-i->sid, -getsid(0));
	if (i->pgid != i->pid)
		ids_pair(-i->pgid, -getpgrp());
}

int identity_take(const struct image_info *i, char *note, size_t len)
{
	int rc = plan_creds(note, len);

	if (rc < 0)
		return rc;
	take_attributes();
	rc = take_session(i, note, len);
	take_ids(i);
	return rc;
}
