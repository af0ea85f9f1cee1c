/* SPDX-License-Identifier: MIT */
/* schedule.c - when to take checkpoints */
#include "schedule.h"

#define UNKNOWN 60 /* what the last one may take, when none was measured */
#define MARGIN	2
#define FLOOR	10 /* for the launcher, the queue, and clocks that differ */

/* Newton's way, so that no library is needed for one root. */
static double root(double x)
{
	double r = x > 1 ? x : 1;
	int i;

	for (i = 0; i < 64; i++)
		r = (r + x / r) / 2;
	return r;
}

double schedule_daly(double cost, double mtbf)
{
	double half = cost / (2 * mtbf);

	if (cost >= 2 * mtbf)
		return mtbf;
	return root(2 * cost * mtbf) * (1 + root(half) / 3 + half / 9) - cost;
}

unsigned int schedule_interval(double cost, double mtbf)
{
	double t =
		cost < 0 ? schedule_daly(1, mtbf) : schedule_daly(cost, mtbf);

	if (cost < 0 && t > SCHEDULE_FIRST)
		t = SCHEDULE_FIRST;
	if (t > SCHEDULE_MOST)
		t = SCHEDULE_MOST;
	return t < 1 ? 1 : (unsigned int)t;
}

static double least(double a, double b)
{
	return a < b ? a : b;
}

double schedule_lead(double longest, double total)
{
	if (longest < 0)
		return least(UNKNOWN, total / 4);
	return least(MARGIN * longest + least(FLOOR, total / 4), total / 2);
}
