/* SPDX-License-Identifier: MIT */
/* report.h - how far a checkpoint or a restart has come, for those who look on
 *
 * A terminal gets a line that is written over; the log gets one for each phase
 * that lasts longer than a second, with the ranks for which it waits.
 */
#ifndef MANA_REPORT_H
#define MANA_REPORT_H

#include <stdint.h>

struct server;

struct report {
	int live;	   /* stderr is a terminal, and we talk to a person */
	int64_t next;	   /* ms: when to look again; 0: nothing is on */
	int64_t began;	   /* ms: when the phase did, as we have seen */
	uint64_t round;	   /* its generation; 0: it is a restart */
	const char *phase; /* a constant */
	int said;	   /* it is in the log */
};

void report_init(struct server *s);
/* After events. */
void report_tick(struct server *s, int64_t now);
/* ms until it wants to be called, INT_MAX: nothing is on. */
int64_t report_due(const struct server *s, int64_t now);

#endif
