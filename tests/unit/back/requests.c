/* SPDX-License-Identifier: MIT */
/* requests.c - requests over checkpoints, and messages too long for them */
#include <unistd.h>
#include "pair.h"

static void test_persistent(int restart)
{
	int v = -1, out = me + 500, flag;
	seam_request r, s;
	struct seam_status st;

	CHECK(back_Recv_init(&v, 1, T, other, 30, W, &r) == 0);
	CHECK(back_Ssend_init(&out, 1, T, other, 30, W, &s) == 0);
	CHECK(back_Test(&r, &flag, &st) == 0 && flag &&
	      st.source == SEAM_ANY_SOURCE);
	CHECK(back_Start(&r) == 0);
	start_checkpoint();
	end_checkpoint(restart);
	sync_ranks();
	CHECK(back_Start(&s) == 0);
	CHECK(back_Wait(&r, &st) == 0 && v == other + 500);
	CHECK(r != SEAM_REQUEST_NULL && st.tag == 30);
	CHECK(back_Wait(&s, SEAM_STATUS_IGNORE) == 0);
	/* A started send whose receive is not posted: drained. */
	out++;
	CHECK(back_Start(&s) == 0);
	start_checkpoint();
	end_checkpoint(restart);
	CHECK(back_Start(&r) == 0 && back_Wait(&r, &st) == 0);
	CHECK(v == other + 501);
	CHECK(back_Wait(&s, SEAM_STATUS_IGNORE) == 0);
	CHECK(back_Request_free(&r) == 0 && back_Request_free(&s) == 0);
}

static void test_sets(void)
{
	seam_request q[3];
	int v[3], idx[3], n, i, flag;
	struct seam_status st[3];

	for (i = 0; i < 3; i++)
		CHECK(back_Irecv(&v[i], 1, T, other, 70 + i, W, &q[i]) == 0);
	CHECK(back_Testsome(3, q, &n, idx, st) == 0 && n == 0);
	CHECK(back_Testany(3, q, &i, &flag, st) == 0 && !flag);
	sync_ranks();
	send_int(1, 71);
	CHECK(back_Waitany(3, q, &i, st) == 0 && i == 1 && st[0].tag == 71);
	start_checkpoint();
	end_checkpoint(1);
	sync_ranks();
	send_int(2, 70);
	send_int(3, 72);
	for (i = 0; i < 2; i += n)
		CHECK(back_Waitsome(3, q, &n, idx, st) == 0 && n > 0);
	CHECK(v[0] == 2 && v[1] == 1 && v[2] == 3);
	CHECK(back_Waitsome(3, q, &n, idx, st) == 0 && n == SEAM_UNDEFINED);
	CHECK(back_Waitany(3, q, &i, st) == 0 && i == SEAM_UNDEFINED);
	CHECK(back_Testall(3, q, &flag, st) == 0 && flag);
}

/* Requests that only the application, or nobody any more, completes. */
static void test_loose(void)
{
	void *none = (void *)1; /* nobody calls it: there is no front */
	seam_request g, q;
	static int v;
	int flag;

	CHECK(back_Grequest_start(none, none, none, NULL, &g) == 0);
	CHECK(back_Irecv(&v, 1, T, other, 80, W, &q) == 0);
	CHECK(back_Request_free(&q) == 0 && q == SEAM_REQUEST_NULL);
	CHECK(back_Test(&g, &flag, SEAM_STATUS_IGNORE) == 0 && !flag);
	start_checkpoint();
	end_checkpoint(1);
	sync_ranks();
	CHECK(back_Grequest_complete(g) == 0);
	CHECK(back_Waitall(1, &g, SEAM_STATUSES_IGNORE) == 0);
	CHECK(g == SEAM_REQUEST_NULL);
	send_int(me + 80, 80);
	start_checkpoint();
	end_checkpoint(1);
	CHECK(v == other + 80);
	CHECK(back_Irecv(&v, 1, T, other, 80, W, &q) == 0);
	CHECK(back_Cancel(&q) == 0);
	CHECK(back_Request_free(&q) == 0);
	start_checkpoint();
	end_checkpoint(1);
}

static void test_truncation(void)
{
	int v[4] = { 1, 2, 3, 4 }, w[4] = { 0 };
	struct seam_status st;

	CHECK(back_Send(v, 4, T, other, 20, W) == 0);
	CHECK(back_Send(v, 4, T, other, 21, W) == 0);
	start_checkpoint();
	end_checkpoint(0);
	CHECK(back_Comm_set_errhandler(W, SEAM_ERRORS_RETURN) == 0);
	CHECK(back_Recv(w, 2, T, other, 20, W, &st) == SEAM_ERR_TRUNCATE);
	CHECK(st.source == other && st.tag == 20);
	CHECK(w[2] == 0);
	CHECK(back_Recv(w, 4, T, other, 21, W, &st) == 0);
	CHECK(!memcmp(v, w, sizeof(v)));
}

enum cut { CUT_RECV, CUT_WAIT, CUT_TEST, CUT_ALL, CUT_SOME, CUT_AGAIN, CUTS };

static int wait_cut(enum cut how, seam_request *q, struct seam_status *st)
{
	int rc = 0, flag = 0, n;

	if (how == CUT_TEST) {
		while (!rc && !flag)
			rc = back_Test(q, &flag, st);
		return rc;
	}
	if (how != CUT_ALL && how != CUT_SOME)
		return back_Wait(q, st);
	rc = how == CUT_ALL ? back_Waitall(1, q, st) :
			      back_Waitsome(1, q, &n, &flag, st);
	CHECK(rc == SEAM_ERR_IN_STATUS);
	return st->error;
}

/* Room for two ints; CUT_AGAIN: of a persistent receive. */
static int receive_cut(enum cut how, int *w, struct seam_status *st)
{
	seam_request q;
	int rc;

	if (how == CUT_RECV)
		return back_Recv(w, 2, T, 1, 22, W, st);
	if (how == CUT_AGAIN) {
		CHECK(back_Recv_init(w, 2, T, 1, 22, W, &q) == 0);
		CHECK(back_Start(&q) == 0);
	} else {
		CHECK(back_Irecv(w, 2, T, 1, 22, W, &q) == 0);
	}
	rc = wait_cut(how, &q, st);
	if (how != CUT_AGAIN)
		CHECK(q == SEAM_REQUEST_NULL);
	else if (q != SEAM_REQUEST_NULL) /* not with Open MPI */
		CHECK(back_Request_free(&q) == 0);
	return rc;
}

/* The native library finds the message too long: at the first look at the
 * request, or later. Either way it is counted once. */
static void test_cut(enum cut how, int late)
{
	int v[4] = { 1, 2, 3, 4 }, w[4] = { 0 };
	struct seam_status st = { 0 };

	if (me) {
		usleep(late ? 2000 : 0);
		CHECK(back_Send(v, 4, T, 0, 22, W) == 0);
		sync_ranks();
	} else {
		if (!late)
			sync_ranks();
		CHECK(err_class(receive_cut(how, w, &st)) == SEAM_ERR_TRUNCATE);
		CHECK(st.source == 1 && st.tag == 22 && w[2] == 0);
		if (late)
			sync_ranks();
	}
	start_checkpoint();
	end_checkpoint(0);
}

int main(void)
{
	seam_request last;
	int v, i;

	start_pair();
	test_persistent(0);
	test_persistent(1);
	test_sets();
	test_loose();
	/* Letting one more go sweeps up those that are over. */
	CHECK(back_Irecv(&v, 1, T, SEAM_PROC_NULL, 0, W, &last) == 0);
	CHECK(back_Request_free(&last) == 0);
	test_truncation();
	for (i = 0; i < 2 * CUTS; i++)
		test_cut(i / 2, i % 2);
	end_pair();
	return 0;
}
