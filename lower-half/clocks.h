/* SPDX-License-Identifier: MIT */
/* clocks.h - the round a rank is in, and what its clocks say in it */
#ifndef MANA_CLOCKS_H
#define MANA_CLOCKS_H

#include "../common/wire.h"

struct rank_round {
	struct wire_ckpt_begin begin;
	uint32_t epoch;		  /* of the newest targets */
	struct wire_state last;	  /* as the coordinator was last told */
	struct wire_clock parked; /* last.v */
	uint64_t exchanges;	  /* the most any rank has begun, by DRAIN */
	uint64_t listened;	  /* when it was last listened for messages */
	uint64_t silence;	  /* us listened to without a message */
	uint64_t patience;	  /* how much silence is allowed */
	uint32_t beats;		  /* of the coordinator, in this round */
	uint32_t ready;		  /* threads have stopped */
	uint64_t t_handler;  /* a handler has been in the way since, or 0 */
	uint64_t t_callback; /* the same of a callback of MPI */
	uint64_t t_crowded; /* threads could not be asked to stop since, or 0 */
	char why[WIRE_TEXT];
};

/* All of these return 0 or -errno; r->why says why, unless it is the connection
 * that has failed. */

/* All clocks as they stand now. */
int clocks_send(struct rank_round *r);
/* Take targets: this rank may run on up to them. */
int clocks_take(struct rank_round *r, const struct wire_clocks *m);
/* Tell the coordinator how things stand, when that has changed. */
int clocks_state(struct rank_round *r);

#endif
