/* SPDX-License-Identifier: MIT */
/* checkpoint.h - rounds as the server runs them: requests, timer, commit */
#ifndef MANA_COORDINATOR_CHECKPOINT_H
#define MANA_COORDINATOR_CHECKPOINT_H

#include "server.h"

void checkpoint_init(struct server *s);
/* Finds out which generations the directory holds. */
void checkpoint_scan(struct server *s);
/* Writes DIR/job, which names this job, before any of its generations is
 * there. */
int checkpoint_mark(struct server *s, char *err, size_t errlen);
/*
 * Begin a round, or join one whose images will not predate the request, or
 * have one follow. 0 and the generation to wait for, or -errno and a sentence.
 */
int checkpoint_request(struct server *s, uint64_t *wait, char *err,
		       size_t errlen);
/* When this generation is committed, which checkpoint_request() has named, the
 * job ends. */
void checkpoint_ends_job(struct server *s, uint64_t generation);
void checkpoint_due(struct server *s, int64_t now); /* timer, follow-up */
/* End the round because of what the user wants. */
void checkpoint_stop(struct server *s, const char *why);
void checkpoint_interval(struct server *s, unsigned int seconds);

#endif
