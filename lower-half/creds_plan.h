/* SPDX-License-Identifier: MIT */
/* creds_plan.h - whether a restored thread can become who it was */
#ifndef MANA_CREDS_PLAN_H
#define MANA_CREDS_PLAN_H

#include <stddef.h>
#include "../common/attributes.h"

#define CREDS_SECTION	    "creds"	  /* struct creds */
#define CREDS_GIVEN_SECTION "creds-given" /* those it had at its launch */

/* Of the calling thread: malloc'ed, or NULL. */
struct creds *creds_here(void);
size_t creds_size(const struct creds *c); /* bytes */
/* A copy in keep memory; NULL: no memory. */
struct creds *creds_keep(const struct creds *c);
/* 1: alike in all but apply. */
int creds_same(const struct creds *a, const struct creds *b);
/*
 * Set want->apply to what a process with these credentials (here) has to change
 * to become want, which its launcher had made as given. Never more than want.
 * 0; 1: something will be missing or other, note says what; -EPERM: it cannot
 * be, note says what.
 */
int creds_plan(struct creds *want, const struct creds *given,
	       const struct creds *here, char *note, size_t len);

#endif
