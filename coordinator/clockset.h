/* SPDX-License-Identifier: MIT */
/* clockset.h - collective clocks of a whole job, merged by maximum */
#ifndef MANA_CLOCKSET_H
#define MANA_CLOCKSET_H

#include "../common/wire.h"

struct clock_entry {
	struct wire_clock clock; /* seq: the target */
	uint32_t reported;	 /* ranks that named it in their CLOCK */
	uint32_t raised;	 /* since clockset_raised was last asked */
};

struct clockset {
	struct clock_entry *v; /* in order of arrival */
	uint32_t n;
	size_t cap;
	uint32_t *slot; /* open addressing: index + 1, 0 empty */
	size_t slots;	/* how many, a power of 2 */
};

void clockset_clear(struct clockset *s); /* frees; zeroed is a valid set */
/* A rank's report; *at: the entry's place in v. 0 or -ENOMEM. */
int clockset_report(struct clockset *s, const struct wire_clock *c,
		    uint32_t *at);
/* Raises the target to c->seq, so that a parked rank can go. 1: it was lower,
 * 0: it was that high already, -ENOMEM. */
int clockset_raise(struct clockset *s, const struct wire_clock *c);
/* Copies the raised entries to out (room for s->n); clears the marks. */
uint32_t clockset_raised(struct clockset *s, struct wire_clock *out);
/* Copies the entries that not all members reported. */
uint32_t clockset_partial(const struct clockset *s, struct wire_clock *out);

#endif
