/* SPDX-License-Identifier: MIT */
/* start.h - start a coordinator for a job that has none */
#ifndef MANA_START_H
#define MANA_START_H

#include "client.h"

/*
 * Of all ranks that call this, one starts mana_coordinator (found beside the
 * running program, in ../bin or ../../bin); the others wait. stale is what was
 * found and did not answer (zeros: nothing). 0 when there is another one now.
 */
int start_coordinator(const struct client_options *o,
		      const struct client_where *stale, int64_t timeout_ms,
		      char *err, size_t errlen);

/* Starts this host's gatherer (gather.h) for the coordinator that the options
 * lead to. 0: it serves. */
int start_gatherer(const struct client_options *o, int64_t timeout_ms,
		   char *err, size_t errlen);

/* The directory or file that the options lead to, with environment and defaults
 * considered. */
const char *client_ckptdir(const struct client_options *o);
const char *client_file(const struct client_options *o, char *buf, size_t len);

#endif
