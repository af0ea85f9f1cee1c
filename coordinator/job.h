/* SPDX-License-Identifier: MIT */
/* job.h - the ranks of the one job a coordinator serves at a time */
#ifndef MANA_JOB_H
#define MANA_JOB_H

#include "server.h"

/* 0, or an errno value (as in REFUSED) and a sentence. */
int job_join(struct server *s, struct peer *p, const struct wire_hello *h,
	     char *err, size_t errlen);
void job_leave(struct server *s, struct peer *p); /* it is disconnected */
/* Ranks that are adrift are lost when their time is over. Returns the ms until
 * then. */
int64_t job_tick(struct server *s, int64_t now);
void job_kill(struct server *s, int code);
/* 1: a rank is being restarted, so requests wait until that is finished. */
int job_restoring(const struct job *j);
void job_restored(struct job *j); /* none is any more */
/* Why no checkpoint can be taken now; NULL: one can. */
const char *job_obstacle(const struct job *j, char *buf, size_t len);
/* Sends the rank (NULL: all ranks) what another coordinator would need to go
 * on. */
void job_settings(struct server *s, struct peer *p);
/* Tells the ranks that we end because we were told to, so that they start no
 * other coordinator. */
void job_goodbye(struct server *s);
/* The host of a rank, "" if there is no such; for a round, whose arg is the
 * server. */
const char *job_host(void *server, uint32_t rank);
void job_note(struct job *j, uint32_t rank, const char *text);
void job_fini(struct job *j);

#endif
