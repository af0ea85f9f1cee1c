/* SPDX-License-Identifier: MIT */
/* creds_plan.c - whether a restored thread can become who it was
 *
 * A restart by another user than the job's goes on as that user, as a program
 * that was copied would; but what a program has given up it never gets back,
 * and root, who could become anybody, becomes who it was.
 */
#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../common/keep.h"
#include "../upper-half/task_attr.h"
#include "core.h"
#include "creds_plan.h"
#include "task_status.h"

struct creds *creds_here(void)
{
	struct task_attr a = { 0 };
	struct task_status s;

	if (task_status_read((int)raw_syscall0(SYS_gettid), &s) < 0)
		return NULL;
	task_attr_save(&a);
	s.creds->securebits = a.securebits;
	return s.creds;
}

size_t creds_size(const struct creds *c)
{
	return sizeof(*c) + c->n_groups * sizeof(c->groups[0]);
}

struct creds *creds_keep(const struct creds *c)
{
	struct creds *k = keep_alloc_hook(creds_size(c));

	if (k)
		memcpy(k, c, creds_size(c));
	return k;
}

static int same_ids(const struct creds *a, const struct creds *b)
{
	return !memcmp(a->uid, b->uid, sizeof(a->uid)) &&
	       !memcmp(a->gid, b->gid, sizeof(a->gid));
}

static int same_groups(const struct creds *a, const struct creds *b)
{
	return a->n_groups == b->n_groups &&
	       !memcmp(a->groups, b->groups,
		       a->n_groups * sizeof(a->groups[0]));
}

static int same_caps(const struct creds *a, const struct creds *b)
{
	return a->inheritable == b->inheritable &&
	       a->permitted == b->permitted && a->effective == b->effective &&
	       a->ambient == b->ambient;
}

int creds_same(const struct creds *a, const struct creds *b)
{
	return same_ids(a, b) && same_groups(a, b) && same_caps(a, b) &&
	       a->bounding == b->bounding &&
	       a->no_new_privs == b->no_new_privs &&
	       a->securebits == b->securebits;
}

static int can(const struct creds *here, int cap)
{
	return here->effective >> cap & 1;
}

/* Plans a change, if the process may make it; else -EPERM and why not. */
static int change(struct creds *want, uint32_t what, int may, const char *why,
		  char *note, size_t len)
{
	if (may) {
		want->apply |= what;
		return 0;
	}
	snprintf(note, len, "%s", why);
	return -EPERM;
}

static int plan_ids(struct creds *want, const struct creds *given,
		    const struct creds *here, char *note, size_t len)
{
	if (same_ids(want, here))
		return 0;
	if (can(here, CAP_SETUID) && can(here, CAP_SETGID)) {
		want->apply |= CREDS_IDS;
		return 0;
	}
	if (same_ids(want, given)) {
		snprintf(note, len,
			 "the program ran as user %u, group %u: "
			 "going on as user %u, group %u",
			 want->uid[1], want->gid[1], here->uid[1],
			 here->gid[1]);
		return 1;
	}
	snprintf(note, len,
		 "the program had become user %u, group %u: restart "
		 "it as that user, or as root",
		 want->uid[1], want->gid[1]);
	return -EPERM;
}

static int plan_groups(struct creds *want, const struct creds *given,
		       const struct creds *here, char *note, size_t len)
{
	if (same_groups(want, here) ||
	    (same_groups(want, given) && !(want->apply & CREDS_IDS)))
		return 0;
	return change(want, CREDS_GROUPS, can(here, CAP_SETGID),
		      "the program had changed its supplementary groups: "
		      "restart it as a user that has the same ones, or as root",
		      note, len);
}

static int plan_caps(struct creds *want, const struct creds *given,
		     const struct creds *here, char *note, size_t len)
{
	uint64_t missing = want->permitted & ~here->permitted;

	if (same_caps(want, given) && !(want->apply & CREDS_IDS))
		return 0;
	if (!same_caps(want, here) || want->apply & CREDS_IDS)
		want->apply |= CREDS_CAPS;
	if (!missing)
		return 0;
	snprintf(note, len,
		 "the program had capabilities (%#llx) that are not "
		 "to be had here: going on without",
		 (unsigned long long)missing);
	return 1;
}

static int plan_rest(struct creds *want, const struct creds *given,
		     const struct creds *here, char *note, size_t len)
{
	int may = can(here, CAP_SETPCAP), rc = 0;

	if ((want->bounding != given->bounding || want->apply & CREDS_IDS) &&
	    here->bounding & ~want->bounding)
		rc = change(want, CREDS_BOUNDING, may,
			    "the program had given up capabilities for good: "
			    "restart it as root",
			    note, len);
	if (!rc && want->securebits != given->securebits &&
	    want->securebits != here->securebits)
		rc = change(want, CREDS_SECUREBITS, may,
			    "the program had set securebits: restart it as "
			    "root",
			    note, len);
	if (rc < 0)
		return rc;
	if (want->no_new_privs && !here->no_new_privs)
		want->apply |= CREDS_NO_NEW_PRIVS;
	return 0;
}

int creds_plan(struct creds *want, const struct creds *given,
	       const struct creds *here, char *note, size_t len)
{
	static int (*const parts[])(struct creds *, const struct creds *,
				    const struct creds *, char *, size_t) = {
		plan_ids,
		plan_groups,
		plan_caps,
		plan_rest,
	};
	size_t i;
	int rc, noted = 0;

	want->apply = 0;
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		rc = parts[i](want, given, here, note, len);
		if (rc < 0)
			return rc;
		noted |= rc;
	}
	return noted;
}
