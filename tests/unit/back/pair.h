/* SPDX-License-Identifier: MIT */
/* pair.h - two ranks that send each other messages over checkpoints */
#ifndef TEST_BACK_PAIR_H
#define TEST_BACK_PAIR_H

#include "harness.h"

#define W SEAM_COMM_WORLD
#define T SEAM_INT32_T

static int me, other;

static inline void start_checkpoint(void)
{
	harness_pending(PENDING_STOP);
	harness_drain();
}

static inline void end_checkpoint(int restart)
{
	if (restart)
		harness_restart();
	harness_pending(PENDING_NONE);
	back_clear_targets();
}

static inline void sync_ranks(void)
{
	MPI_Barrier(MPI_COMM_WORLD);
}

static inline int count_of(const struct seam_status *s)
{
	return (int)(status_bytes(s) / sizeof(int));
}

static inline void send_int(int v, int tag)
{
	CHECK(back_Send(&v, 1, T, other, tag, W) == 0);
}

static inline void start_pair(void)
{
	harness_start(SEAM_THREAD_SINGLE);
	me = init_rank;
	other = !me;
	CHECK(init_size == 2);
}

/* Nothing is left over. */
static inline void end_pair(void)
{
	CHECK(!KEEP_MPI->live[DESC_REQUEST]);
	harness_end();
	if (!me)
		printf("No Errors\n");
}

#endif
