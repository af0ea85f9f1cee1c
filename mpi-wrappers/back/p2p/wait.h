/* SPDX-License-Identifier: MIT */
/* wait.h - the one way to wait in the lower half
 *
 * Nothing here blocks for ever on another rank's application: each turn looks
 * at gate->pending and gives GATE_AGAIN once threads are to stop. The caller
 * leaves everything as it is and comes again after the checkpoint.
 */
#ifndef MANA_BACK_WAIT_H
#define MANA_BACK_WAIT_H

#include <sched.h>
#include "request.h"

#define WAIT_SPINS 4096 /* then give the processor away between looks */

/* Between two looks: 0, or GATE_AGAIN. *spins begins at 0. */
static inline int wait_turn(unsigned *spins)
{
	if (unlikely(GATE->pending >= PENDING_STOP))
		return GATE_AGAIN;
	if (unlikely(++*spins > WAIT_SPINS))
		sched_yield();
	return 0;
}

/* Until r is over: 0 or GATE_AGAIN. The result is left in r. */
int wait_request(struct desc_request *r);

#endif
