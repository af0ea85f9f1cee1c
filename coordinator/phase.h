/* SPDX-License-Identifier: MIT */
/* phase.h - what a rank is at, in a few words
 *
 * For those who ask why a checkpoint or a restart takes long. From what ranks
 * have reported anyway: nobody is asked.
 */
#ifndef MANA_PHASE_H
#define MANA_PHASE_H

#include "server.h"

#define PHASE_TEXT 192 /* room for what one rank is at */
#define PHASE_LIST 480 /* and for phase_list */

/* In a round that is on; "" when none is. Returns buf. */
char *phase_in_round(const struct round *r, uint32_t rank, char *buf,
		     size_t len);
/* The MPI call that a rank which is waited for has told, or "". */
const char *phase_call(const struct round *r, uint32_t rank);
/* As phase_in_round, or in a restart; "" when the rank just runs. */
char *phase_of(const struct server *s, uint32_t rank, char *buf, size_t len);

/* Of a restart: what comes after the last barrier that all ranks have passed,
 * and how many have done it already. */
const char *phase_restart(const struct job *j, uint32_t *ready);
/* "rank 3 (polls MPI_Test) and 2 more": who is waited for, rather one that
 * others wait for in a collective. Returns buf. */
char *phase_waits(const struct round *r, char *buf, size_t len);
/* "rank 3 on node1: on its way to a collective: polls MPI_Test; rank 4 ... and
 * 2 more": the first few, such ones in front. Returns buf. */
char *phase_list(const struct round *r, char *buf, size_t len);

#endif
