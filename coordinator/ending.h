/* SPDX-License-Identifier: MIT */
/* ending.h - what a job ended by, if not well: DIR/ended
 *
 * For who waits for the end of a job, and has it go on when it has crashed.
 */
#ifndef MANA_ENDING_H
#define MANA_ENDING_H

#include "server.h"

/* All ranks are there: nothing is wrong (any more). */
void ending_begin(struct server *s);
/* The rank is disconnected. */
void ending_note(struct server *s, uint32_t rank);

#endif
