/* SPDX-License-Identifier: MIT */
/* p2p.c - messages over checkpoints and restarts, by every receive and probe */
#include "pair.h"

#define MANY 1000

/* Messages sent before, received after, in order and by every call. */
static void test_receives(int restart)
{
	struct seam_status st, two[2];
	seam_request q[2];
	seam_message m;
	int v = -1, w[2], flag = 0, i;

	for (i = 0; i < 8; i++)
		send_int(100 + i, i);
	start_checkpoint();
	end_checkpoint(restart);
	CHECK(back_Recv(&v, 1, T, other, 3, W, &st) == 0);
	CHECK(v == 103 && st.source == other && st.tag == 3 &&
	      count_of(&st) == 1);
	CHECK(back_Probe(SEAM_ANY_SOURCE, SEAM_ANY_TAG, W, &st) == 0);
	CHECK(st.tag == 0 && st.source == other && count_of(&st) == 1);
	CHECK(back_Recv(&v, 1, T, SEAM_ANY_SOURCE, SEAM_ANY_TAG, W, &st) == 0);
	CHECK(v == 100 && st.tag == 0);
	CHECK(back_Iprobe(other, 2, W, &flag, &st) == 0 && flag);
	CHECK(back_Mprobe(other, 2, W, &m, &st) == 0);
	CHECK(back_Iprobe(other, 2, W, &flag, &st) == 0 && !flag);
	CHECK(back_Mrecv(&v, 1, T, &m, &st) == 0 && v == 102);
	CHECK(m == SEAM_MESSAGE_NULL && st.tag == 2);
	CHECK(back_Improbe(other, 1, W, &flag, &m, &st) == 0 && flag);
	CHECK(back_Imrecv(&v, 1, T, &m, &q[0]) == 0);
	CHECK(back_Wait(&q[0], &st) == 0 && v == 101 && st.tag == 1);
	CHECK(back_Irecv(&w[0], 1, T, other, 7, W, &q[0]) == 0);
	CHECK(back_Irecv(&w[1], 1, T, other, 4, W, &q[1]) == 0);
	CHECK(back_Waitall(2, q, two) == 0);
	CHECK(w[0] == 107 && w[1] == 104 && two[0].tag == 7 && two[1].tag == 4);
	CHECK(q[0] == SEAM_REQUEST_NULL);
	CHECK(back_Recv(&v, 1, T, other, 5, W, SEAM_STATUS_IGNORE) == 0);
	CHECK(back_Irecv(&v, 1, T, other, 6, W, &q[0]) == 0);
	CHECK(back_Test(&q[0], &flag, &st) == 0 && flag && v == 106);
}

/* A receive posted before, matched after; one parked in MPI_Recv. */
static void test_pending(int restart)
{
	struct seam_status st;
	seam_request q[3], all[3];
	int v[3] = { -1, -1, -1 }, r = -1, flag, i;

	for (i = 0; i < 3; i++)
		CHECK(back_Irecv(&v[i], 1, T, other, 50, W, &q[i]) == 0);
	CHECK(back_Test(&q[0], &flag, &st) == 0 && !flag);
	harness_pending(PENDING_STOP);
	CHECK(back_Recv(&r, 1, T, SEAM_ANY_SOURCE, 51, W, &st) == GATE_AGAIN);
	CHECK(back_Waitall(3, memcpy(all, q, sizeof(q)),
			   SEAM_STATUSES_IGNORE) == GATE_AGAIN);
	lower_self()->wait_req = NULL;
	i = 0;
	for (struct desc *d = KEEP_MPI->live[DESC_REQUEST]; d; d = d->next)
		i++;
	CHECK(i == 4);
	lower_self()->wait_req = KEEP_MPI->last[DESC_REQUEST];
	harness_drain();
	end_checkpoint(restart);
	sync_ranks();
	for (i = 0; i < 3; i++)
		send_int(i, 50);
	send_int(77, 51);
	CHECK(back_Recv(&r, 1, T, SEAM_ANY_SOURCE, 51, W, &st) == 0);
	CHECK(r == 77 && st.source == other && st.tag == 51);
	CHECK(lower_self()->wait_req == NULL);
	CHECK(back_Waitall(3, q, SEAM_STATUSES_IGNORE) == 0);
	CHECK(v[0] == 0 && v[1] == 1 && v[2] == 2);
}

/* Large messages half sent, in both directions and to itself. */
static void test_large(int restart)
{
	const int n = 1 << 20;
	int *out = malloc(n * sizeof(int)), *in = calloc(n, sizeof(int)), i;
	int *own = calloc(n, sizeof(int));
	seam_request q[2];
	struct seam_status st;

	for (i = 0; i < n; i++)
		out[i] = i ^ me;
	CHECK(back_Isend(out, n, T, other, 9, W, &q[0]) == 0);
	CHECK(back_Isend(out, n, T, me, 10, W, &q[1]) == 0);
	start_checkpoint();
	memset(out, 0, n * sizeof(int));
	end_checkpoint(restart);
	CHECK(back_Waitall(2, q, SEAM_STATUSES_IGNORE) == 0);
	/* Undelivered over a second checkpoint. */
	start_checkpoint();
	end_checkpoint(restart);
	CHECK(back_Recv(in, n, T, other, 9, W, &st) == 0);
	CHECK(count_of(&st) == n);
	CHECK(back_Recv(own, n, T, me, 10, W, &st) == 0 && st.source == me);
	for (i = 0; i < n; i++)
		CHECK(in[i] == (i ^ other) && own[i] == (i ^ me));
	free(in);
	free(out);
	free(own);
}

static void test_sendrecv(void)
{
	int v = -1, out = me + 900;
	struct seam_status st;

	harness_pending(PENDING_STOP);
	if (me == 0)
		CHECK(back_Sendrecv(&out, 1, T, other, 40, &v, 1, T, other, 40,
				    W, &st) == GATE_AGAIN);
	harness_drain();
	end_checkpoint(1);
	CHECK(back_Sendrecv(&out, 1, T, other, 40, &v, 1, T, other, 40, W,
			    &st) == 0);
	CHECK(v == other + 900 && st.source == other);
	CHECK(back_Sendrecv_replace(&v, 1, T, other, 41, other, 41, W, &st) ==
	      0);
	CHECK(v == me + 900);
	v = 5;
	CHECK(back_Sendrecv(&out, 1, T, SEAM_PROC_NULL, 0, &v, 1, T,
			    SEAM_PROC_NULL, 0, W, &st) == 0);
	CHECK(v == 5 && st.source == SEAM_PROC_NULL && !count_of(&st));
}

static void test_many(void)
{
	int i, v;

	for (i = 0; i < MANY; i++)
		send_int(i, i % 7);
	start_checkpoint();
	end_checkpoint(1);
	for (i = 0; i < MANY; i++) {
		CHECK(back_Recv(&v, 1, T, other, SEAM_ANY_TAG, W,
				SEAM_STATUS_IGNORE) == 0);
		CHECK(v == i);
	}
}

static void test_collective(int restart)
{
	MPI_Request n;
	seam_request q;
	struct back_state s;
	struct clock c[8];
	struct desc_comm *w = desc_of(W, DESC_COMM);
	int flag;

	CHECK(coll_enter(&w->clock) == 0);
	CHECK(MPI_Ibarrier(NATIVE(MPI_Comm, w), &n) == 0);
	coll_leave();
	CHECK(request_new_coll(n, "MPI_Ibarrier", &q) == 0);
	harness_pending(PENDING_CLOCK);
	CHECK(coll_enter(&w->clock) == GATE_AGAIN); /* targets are not known */
	back_state(&s);
	CHECK(s.parked == 1 && !s.inside && s.at.seq == w->clock.seq + 1);
	CHECK(back_clocks(c, 8) == 2 && c[1].seq == w->clock.seq);
	CHECK(coll_enter(&w->clock) == GATE_AGAIN);
	c[1].seq++;
	back_target(&c[1], 1);
	back_state(&s);
	CHECK(s.behind == 1);
	CHECK(coll_enter(&w->clock) == 0);
	back_state(&s);
	CHECK(s.inside == 1 && !s.behind && !s.parked);
	coll_leave();
	CHECK(coll_enter(&w->clock) == GATE_AGAIN);
	harness_pending(PENDING_STOP);
	harness_drain();
	end_checkpoint(restart);
	CHECK(back_Test(&q, &flag, SEAM_STATUS_IGNORE) == 0 && flag);
}

/* Behind on the world, so a collective of another communicator is let pass and
 * told of; no longer behind, it is not. */
static void test_passed(void)
{
	struct clock c[BACK_PASSED];
	struct desc_comm *w = desc_of(W, DESC_COMM), *d;
	seam_comm h;

	CHECK(back_Comm_dup(W, &h) == 0);
	d = desc_of(h, DESC_COMM);
	harness_pending(PENDING_CLOCK);
	CHECK(back_clocks(c, 8) == 3);
	CHECK(coll_enter(&d->clock) == GATE_AGAIN);
	c[0] = (struct clock){ { w->clock.id[0], w->clock.id[1] },
			       w->clock.seq + 1,
			       2 };
	back_target(c, 1);
	CHECK(back_passed(c) == 0);
	CHECK(coll_enter(&d->clock) == 0);
	coll_leave();
	CHECK(coll_enter(&d->clock) == 0);
	coll_leave();
	CHECK(back_passed(c) == 1 && c[0].seq == d->clock.seq);
	CHECK(c[0].id[0] == d->clock.id[0] && c[0].id[1] == d->clock.id[1]);
	CHECK(back_passed(c) == 0);
	CHECK(coll_enter(&w->clock) == 0);
	coll_leave();
	CHECK(coll_enter(&d->clock) == GATE_AGAIN);
	harness_pending(PENDING_STOP);
	harness_drain();
	end_checkpoint(0);
	CHECK(back_Comm_free(&h) == 0);
}

static void test_probed(void)
{
	struct seam_status st;
	seam_message m;
	int v = me + 7;

	CHECK(back_Send(&v, 1, T, other, 60, W) == 0);
	CHECK(back_Mprobe(other, 60, W, &m, &st) == 0);
	start_checkpoint();
	end_checkpoint(1);
	CHECK(back_Mrecv(&v, 1, T, &m, &st) == 0);
	CHECK(v == other + 7 && st.tag == 60 && st.source == other);
	v = me + 8;
	CHECK(back_Send(&v, 1, T, other, 61, W) == 0);
	CHECK(back_Mprobe(other, 61, W, &m, &st) == 0);
	CHECK(back_Mrecv(&v, 1, T, &m, &st) == 0 && v == other + 8);
}

/* One rank alone drained for a while: the next checkpoint must not suffer,
 * nor the end when there is none. */
static void test_given_up(int last)
{
	int i, v = 0;

	if (me == 0) {
		CHECK(back_drain_begin(back_drain_begun()) == 0);
		for (i = 0; i < 10; i++)
			CHECK(back_drain_finish() == 0);
	}
	if (last)
		return;
	send_int(7, 90);
	start_checkpoint();
	end_checkpoint(1);
	CHECK(back_Recv(&v, 1, T, other, 90, W, SEAM_STATUS_IGNORE) == 0);
	CHECK(v == 7);
}

int main(void)
{
	int restart;

	start_pair();
	for (restart = 0; restart < 2; restart++) {
		test_receives(restart);
		test_pending(restart);
		test_large(restart);
		test_collective(restart);
	}
	test_passed();
	test_sendrecv();
	test_many();
	test_probed();
	test_given_up(0);
	test_given_up(0);
	test_given_up(1);
	end_pair();
	return 0;
}
