/* SPDX-License-Identifier: MIT */
/* pruning.h - mana_command --prune
 *
 * What a coordinator leads it prunes itself, so that nothing is removed that it
 * is just writing. Where there is none its lock is taken meanwhile, and that of
 * whoever would start one.
 */
#ifndef MANA_PRUNING_H
#define MANA_PRUNING_H

#include "../client/client.h"
#include "answer.h"

/* Keeps so many complete generations. Returns the exit code. */
int pruning_run(const struct answer *a, const struct client_options *o,
		unsigned int keep, int timeout_ms);

#endif
