/* SPDX-License-Identifier: MIT */
/* phase.h - what a rank is at, in a few words
 *
 * For those who ask why a checkpoint or a restart takes long. From what ranks
 * have reported anyway: nobody is asked.
 */
#ifndef MANA_PHASE_H
#define MANA_PHASE_H

#include "server.h"

/* In a round that is on; "" when none is. Returns buf. */
char *phase_in_round(const struct round *r, uint32_t rank, char *buf,
		     size_t len);
/* The same, or in a restart; "" when the rank just runs. */
char *phase_of(const struct server *s, uint32_t rank, char *buf, size_t len);

/* Of a restart: what comes after the last barrier that all ranks have passed,
 * and how many have done it already. */
const char *phase_restart(const struct job *j, uint32_t *ready);
/* "rank 3 (inside a collective)", and how many more the stage waits for.
 * Returns buf. */
char *phase_waits(const struct round *r, char *buf, size_t len);

#endif
