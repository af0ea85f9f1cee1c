/* SPDX-License-Identifier: MIT */
/* targets.h - stages CLOCK and TARGET of a round; for round.c */
#ifndef MANA_COORDINATOR_TARGETS_H
#define MANA_COORDINATOR_TARGETS_H

#include "round.h"

/* 1: the rank is done, 0: not (any more), -ENOMEM. */
int targets_take_clock(struct round *r, uint32_t rank,
		       const struct wire_msg *m);
int targets_take_state(struct round *r, uint32_t rank,
		       const struct wire_msg *m);
/* All clocks are here: send the first targets. 0 or -ENOMEM. */
int targets_leave_clock(struct round *r);
/* A rank that is behind its targets has passed these clocks' on its way. 0 or
 * -ENOMEM. */
int targets_take_passed(struct round *r, const struct wire_clocks *c);
/* In stage TARGET: raises the targets that are due. Returns the ms until the
 * next look, or -ENOMEM. */
int64_t targets_look(struct round *r, int64_t now);

#endif
