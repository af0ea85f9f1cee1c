/* SPDX-License-Identifier: MIT */
/* status.h - what the coordinator knows, as text and as JSON
 *
 * The caller frees what is returned; NULL: no memory.
 */
#ifndef MANA_STATUS_H
#define MANA_STATUS_H

#include "server.h"

char *status_text(struct server *s);
/* brief: without what there is of each rank (docs/protocol.md). */
char *status_json(struct server *s, int brief);
char *status_ranks(struct server *s);
/* "generation 3 committed: 4 ranks, 12.5 MiB, 0.8 s"; returns buf,
 * which is the caller's. */
char *status_last(const struct manifest *m, char *buf, size_t len);
char *status_last_json(const struct manifest *m); /* as docs/json.md says */
/* "running", "gone" ... */
const char *status_rank(const struct job_rank *k);
/* s until the next checkpoint by interval; < 0: none is due. */
double status_next(const struct server *s);
/* When the generation was committed, by the clock; 0: not known. */
time_t status_time(const struct manifest *m);

#endif
