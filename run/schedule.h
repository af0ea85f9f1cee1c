/* SPDX-License-Identifier: MIT */
/* schedule.h - when to take checkpoints: Daly's interval, and the last one
 *
 * All times in seconds.
 */
#ifndef MANA_SCHEDULE_H
#define MANA_SCHEDULE_H

#define SCHEDULE_FIRST 300  /* auto, before anything was measured */
#define SCHEDULE_MOST  3600 /* auto: at least one an hour */

/*
 * J. T. Daly, A higher order estimate of the optimum checkpoint interval for
 * restart dumps, Future Generation Computer Systems 22 (2006), equation 37:
 * how long to compute between checkpoints that cost so much, when failures
 * are mtbf apart.
 */
double schedule_daly(double cost, double mtbf);
/* -i auto: the interval; cost < 0: none was measured. 1 .. SCHEDULE_MOST. */
unsigned int schedule_interval(double cost, double mtbf);
/*
 * How long before the end the last checkpoint is to begin, of a job that has
 * so long in all; longest: what one has taken, < 0: none was.
 */
double schedule_lead(double longest, double total);

#endif
