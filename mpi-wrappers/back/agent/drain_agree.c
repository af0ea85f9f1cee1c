/* SPDX-License-Identifier: MIT */
/* drain_agree.c - has every rank all that was sent to it?
 *
 * An exchange is one Ialltoall of how many messages each rank has sent to each
 * other, ever, and, once they have come, one Ibarrier: nobody moves before all
 * have everything. Exchanges are numbered. A checkpoint may be given up while
 * some ranks are in the middle of one that others never began; so each begins
 * by making up for what it lacks of those that anybody has begun, lest its next
 * one meet the others' last.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "../../../common/back.h"
#include "departed.h"
#include "../core/init.h"
#include "../p2p/p2p.h"

static struct {
	uint64_t *sent, *expected; /* of the newest, by world rank */
	uint64_t begun;		   /* the newest; 0: none in this process */
	uint64_t wanted;	   /* the one that counts */
	int open;		   /* the newest lacks its barrier */
	MPI_Request counts, barrier;
} exchange = { .counts = MPI_REQUEST_NULL, .barrier = MPI_REQUEST_NULL };

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* 1, 0: not yet, or -errno. */
static int native_over(MPI_Request *n)
{
	int flag = 0;

	return MPI_Test(n, &flag, MPI_STATUS_IGNORE) ? -EIO : flag;
}

static int exchange_open(void)
{
	size_t n = (size_t)KEEP_MPI->size;

	if (!exchange.sent)
		exchange.sent = calloc(n, sizeof(*exchange.sent));
	if (!exchange.expected)
		exchange.expected = calloc(n, sizeof(*exchange.expected));
	if (!exchange.sent || !exchange.expected)
		return -ENOMEM;
	memcpy(exchange.sent, KEEP_MPI->sent, n * sizeof(*exchange.sent));
	exchange.begun++;
	exchange.open = 1;
	return MPI_Ialltoall(exchange.sent, 1, MPI_UINT64_T, exchange.expected,
			     1, MPI_UINT64_T, drain_comm, &exchange.counts) ?
		       -EIO :
		       0;
}

static int exchange_close(void)
{
	exchange.open = 0;
	return MPI_Ibarrier(drain_comm, &exchange.barrier) ? -EIO : 0;
}

/* Towards the counts of the one that is wanted: 1 (there), 0 or -errno. */
static int exchange_step(void)
{
	int rc;

	for (;;) {
		rc = native_over(&exchange.barrier);
		if (rc == 1)
			rc = native_over(&exchange.counts);
		if (rc != 1 ||
		    (exchange.open && exchange.begun == exchange.wanted))
			return rc;
		rc = exchange.open ? exchange_close() : exchange_open();
		if (rc)
			return rc;
	}
}

static int all_here(void)
{
	int i;

	for (i = 0; i < KEEP_MPI->size; i++) {
		if (KEEP_MPI->received[i] != exchange.expected[i])
			return 0;
	}
	return 1;
}

uint64_t back_drain_begun(void)
{
	return exchange.begun;
}

int back_drain_begin(uint64_t begun)
{
	if (KEEP_MPI->phase == BACK_BEFORE_INIT)
		return 0;
	if (!init_up)
		return -ESHUTDOWN;
	departed_clear(); /* all ranks have stopped */
	exchange.wanted = (begun > exchange.begun ? begun : exchange.begun) + 1;
	return 0;
}

int back_drain_finish(void)
{
	int rc, running;

	if (KEEP_MPI->phase == BACK_BEFORE_INIT)
		return 1;
	running = drain_round();
	if (running < 0)
		return running;
	if (exchange.open || exchange.begun != exchange.wanted) {
		rc = exchange_step();
		if (rc != 1)
			return rc;
		if (running || !all_here())
			return 0;
		rc = exchange_close();
		if (rc)
			return rc;
	}
	rc = native_over(&exchange.barrier);
	if (rc == 1)
		P2P->stopped_at = now();
	return rc;
}

void drain_settle(void)
{
	int rc = 0;

	if (MPI_Allreduce(&exchange.begun, &exchange.wanted, 1, MPI_UINT64_T,
			  MPI_MAX, finish_comm))
		return;
	while (!rc && (exchange.begun < exchange.wanted || exchange.open)) {
		rc = exchange_step();
		if (rc == 1)
			rc = exchange_close();
	}
	while (!rc)
		rc = native_over(&exchange.barrier);
}

void drain_restarted(void)
{
	KEEP_MPI->wtime_shift += P2P->stopped_at - now();
}
