/* SPDX-License-Identifier: MIT */
/* listen.h - what a rank hears of the coordinator in a round */
#ifndef MANA_LISTEN_H
#define MANA_LISTEN_H

#include "clocks.h"

/* The coordinator lives, or was not listened to: its silence begins anew. */
void listen_heard(struct rank_round *r);
/*
 * One message within ms. 0: none; > 0: its type; < 0: the round is over for
 * this rank (ABORT, connection lost, silence): -ECANCELED or another -errno.
 */
int listen_ms(struct rank_round *r, int ms);
/* Waits for a message of this type. 0 or -errno, as above. */
int listen_for(struct rank_round *r, enum wire_type want);

#endif
