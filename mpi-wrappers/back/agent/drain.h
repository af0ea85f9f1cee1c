/* SPDX-License-Identifier: MIT */
/* drain.h - messages taken off the network by a checkpoint
 *
 * Each communicator has a queue of them, in matching order. All of them were
 * sent before anything that is still to come natively, so receives and probes
 * look there first. They are keep memory: they outlive any number of
 * checkpoints and restarts.
 */
#ifndef MANA_BACK_DRAIN_H
#define MANA_BACK_DRAIN_H

#include "../core/native.h"

struct drained {
	struct drained *next;
	int source, tag; /* rank in the communicator; seam values */
	uint64_t bytes;
	uint64_t real; /* native receive still running, else null */
	char data[];
};

extern MPI_Comm drain_comm;  /* lower half's own, congruent to WORLD */
extern MPI_Comm drain_self;  /* and to SELF */
extern MPI_Comm finish_comm; /* for back_finish_step alone */

/* Make the lower half's own communicators. 0 or a native code. */
int drain_init(void);

/* One round of everything. How much is still running, or -errno. */
int drain_round(void);

/* All ranks are about to end: nothing of ours may be left in the library. */
void drain_settle(void);

/* Upper memory is back: MPI_Wtime goes on from where it was. */
void drain_restarted(void);

/* First queued message that matches; remove: take it off the queue (its memory
 * is the caller's then: keep_free). NULL: none. */
struct drained *drained_find(struct desc_comm *c, int source, int tag,
			     int remove);
/* Copy m into a receive buffer as the native library would; fills st but its
 * error field; m is freed. A native code: MPI_SUCCESS, truncation. */
int drained_deliver(struct drained *m, void *buf, int64_t count,
		    MPI_Datatype type, struct seam_status *st);

struct desc_message {
	struct desc d;
	struct desc_comm *comm;
	struct drained *drained; /* else d.real is native */
	int source, tag;
	uint64_t bytes;
};

#endif
