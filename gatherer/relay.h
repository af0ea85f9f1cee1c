/* SPDX-License-Identifier: MIT */
/* relay.h - a node's ranks behind one connection to their coordinator
 *
 * Frames are passed on as they are: what a rank says, as a frame OF its
 * channel, and what comes OF a channel, or of all, to its ranks.
 */
#ifndef MANA_RELAY_H
#define MANA_RELAY_H

#include "../common/wire.h"

/* Serves ranks that connect to listener until the last one is gone, or the
 * coordinator: then their connections end, too. up has had its WELCOME. 0 or
 * -errno. */
int relay_run(struct wire_conn *up, int listener);

#endif
