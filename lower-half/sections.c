/* SPDX-License-Identifier: MIT */
/* sections.c - what an image holds besides memory */
#include <errno.h>
#include <stdlib.h>
#include "../upper-half/app.h"
#include "../upper-half/thread.h"
#include "core.h"
#include "creds_plan.h"
#include "sections.h"
#include "table.h"
#include "timers.h"
#include "topology.h"
#include "vm_flags.h"

static int is_bound(struct thread *t, void *arg)
{
	(void)arg;
	return t->state != THREAD_EXITING &&
	       topology_bound(t->affinity, core.cpus);
}

static void sections_add(struct sections *s, const char *name, const void *data,
			 size_t len)
{
	if (len)
		s->at[s->n++] = (struct image_section){ name, data, len };
}

void sections_free(struct sections *s)
{
	size_t i;

	for (i = 0; i < SECTIONS; i++)
		free(s->owned[i]);
}

/* data has n things of that size and is malloc'ed; or n is an -errno. */
static int sections_give(struct sections *s, const char *name, void *data,
			 long n, size_t size)
{
	if (n <= 0) {
		free(data);
		return (int)n;
	}
	s->owned[s->n] = data;
	sections_add(s, name, data, (size_t)n * size);
	return 0;
}

/* The processors, when a thread is bound to some of them. */
static int sections_cpus(struct sections *s)
{
	struct cpu_place *p;

	if (!thread_each(is_bound, NULL))
		return 0;
	p = calloc(CPUS_MAX, sizeof(*p));
	if (!p)
		return -ENOMEM;
	return sections_give(s, CPUS_SECTION, p,
			     (long)topology_read(core.cpus, p), sizeof(*p));
}

static int sections_kernel(struct sections *s)
{
	struct saved_vm_flags *f;
	long n;
	struct saved_timer *timers = info_timers(&n);
	int rc = sections_give(s, TIMERS_SECTION, timers, n, sizeof(*timers));

	if (rc < 0)
		return rc;
	f = vm_flags_save(&n);
	return sections_give(s, VM_FLAGS_SECTION, f, n, sizeof(*f));
}

static int sections_files(struct sections *s, const struct file_table *t)
{
	struct saved_inode *inodes = calloc(t->inodes.n + 1, sizeof(*inodes));
	size_t i;

	if (!inodes)
		return -ENOMEM;
	for (i = 0; i < t->inodes.n; i++)
		inodes[i] = t->inodes.at[i].saved;
	sections_add(s, FD_SECTION, t->at, t->n * sizeof(*t->at));
	sections_add(s, LOCK_SECTION, t->locks.at,
		     t->locks.n * sizeof(*t->locks.at));
	sections_add(s, PIPE_SECTION, t->pipes, t->pipes_len);
	sections_add(s, NAME_SECTION, t->names.at, t->names.n);
	return sections_give(s, INODE_SECTION, inodes, (long)t->inodes.n,
			     sizeof(*inodes));
}

int sections_make(struct sections *s, const struct image_info *info,
		  const struct file_table *t)
{
	const uint32_t *ids;
	size_t n;
	int rc;

	if (!APP->creds || !APP->creds_given)
		return -ENOMEM;
	sections_add(s, INFO_SECTION, info, sizeof(*info));
	ids = table_ids(&n);
	sections_add(s, TABLE_SECTION, ids, n * sizeof(*ids));
	sections_add(s, CREDS_SECTION, APP->creds, creds_size(APP->creds));
	sections_add(s, CREDS_GIVEN_SECTION, APP->creds_given,
		     creds_size(APP->creds_given));
	rc = sections_files(s, t);
	if (!rc)
		rc = sections_kernel(s);
	return rc < 0 ? rc : sections_cpus(s);
}
