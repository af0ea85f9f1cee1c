/* SPDX-License-Identifier: MIT */
/* waitall.c - completion of many requests
 *
 * Any and some: the native handles of those still running are tested together,
 * natively: one pass over the progress engine however many there are. Requests
 * that are over already (drained, delivered, persistent and inactive) stand in
 * the native array as MPI_REQUEST_NULL.
 */
#include <stdlib.h>
#include "wait.h"

#define SMALL 64

struct set {
	int n;
	seam_request *h; /* the application's, as the front gave them */
	int running;	 /* native requests in the array */
	int soft;	 /* running without a single native handle */
	MPI_Request *native;
	MPI_Status *st;
	int *index; /* of Testsome */
	void *heap; /* NULL: in small_* */
	MPI_Request small_native[SMALL];
	MPI_Status small_st[SMALL];
	int small_index[SMALL];
};

static int set_init(struct set *s, int n, seam_request *h)
{
	s->n = n;
	s->h = h;
	s->heap = NULL;
	s->native = s->small_native;
	s->st = s->small_st;
	s->index = s->small_index;
	if (n <= SMALL)
		return n < 0 || (n && !h) ? ASK(SEAM_ERR_ARG) : 0;
	s->heap = malloc((size_t)n *
			 (sizeof(*s->native) + sizeof(*s->st) + sizeof(int)));
	if (!s->heap)
		return SEAM_ERR_NO_MEM;
	s->native = s->heap;
	s->st = (MPI_Status *)(s->native + n);
	s->index = (int *)(s->st + n);
	return 0;
}

/* Native handles of what is still running. */
static int set_fill(struct set *s)
{
	struct desc_request *r;
	int i;

	s->running = s->soft = 0;
	for (i = 0; i < s->n; i++) {
		s->native[i] = MPI_REQUEST_NULL;
		r = request_of(s->h[i]);
		if (!r) {
			if (s->h[i] != SEAM_REQUEST_NULL)
				return ASK(SEAM_ERR_REQUEST);
			continue;
		}
		if (request_over(r))
			continue;
		if (unlikely(request_soft(r))) {
			s->soft++;
			continue;
		}
		s->native[i] = request_native(r);
		s->running++;
	}
	return 0;
}

static int set_begin(struct set *s, int n, seam_request *h, const char *fn)
{
	int rc = set_init(s, n, h);

	if (!rc)
		rc = set_fill(s);
	if (!rc)
		return 0;
	free(s->heap);
	return back_raise(NULL, rc, fn);
}

/* Test those that have no single native handle, one by one. */
static void set_test_soft(struct set *s)
{
	struct desc_request *r;
	int i;

	s->soft = 0;
	for (i = 0; i < s->n; i++) {
		r = request_of(s->h[i]);
		if (r && request_soft(r) && !request_test(r))
			s->soft++;
	}
}

/* The native code of one request of a native array call. */
static int set_code(int rc, const MPI_Status *st)
{
	return rc == MPI_SUCCESS ? MPI_SUCCESS : st->MPI_ERROR;
}

/* The first failed request's object, held: its handler is to be called when
 * the requests are gone. */
static struct desc *set_failed(const seam_request *h, const int *index, int n,
			       int *code)
{
	const struct desc_request *r;
	struct desc *o;
	int i;

	for (i = 0; i < n; i++) {
		r = request_of(h[index ? index[i] : i]);
		if (!r || !r->error)
			continue;
		*code = r->error;
		o = request_waited(r);
		if (o)
			request_hold(o);
		return o;
	}
	return NULL;
}

/* Some have failed: MPICH's handler is told so, Open MPI's of the first, and
 * can change nothing but that there is an error. */
static int set_raise(struct desc *o, int code, const char *fn)
{
#ifdef OPEN_MPI
	return back_raise(o, code, fn) ? SEAM_ERR_IN_STATUS : 0;
#else
	(void)code;
	return back_raise(o, SEAM_ERR_IN_STATUS, fn);
#endif
}

/* Whether any of them has failed. */
static int set_errors(const seam_request *h, const int *index, int n)
{
	struct desc_request *r;
	int i, failed = 0;

	for (i = 0; i < n; i++) {
		r = request_of(h[index ? index[i] : i]);
		if (r && request_failed(r))
			failed = 1;
	}
	return failed;
}

static int all_fail(int n, seam_request h[], struct seam_status st[],
		    const char *fn)
{
	struct desc_request *r;
	int i, rc, code = 0;
	struct desc *o = set_failed(h, NULL, n, &code);

	for (i = 0; i < n; i++) {
		r = request_of(h[i]);
		rc = r ? request_collect(r, &h[i], st ? &st[i] : NULL) : 0;
		if (!st)
			continue;
		if (!r)
			status_empty(&st[i]);
		st[i].error = rc;
	}
	rc = set_raise(o, code, fn);
	if (o)
		request_drop(o);
	return rc;
}

/* All are over: hand them to the application. */
static int all_collect(int n, seam_request h[], struct seam_status st[])
{
	struct desc_request *r;
	int i;

	for (i = 0; i < n; i++) {
		r = request_of(h[i]);
		if (r)
			request_collect(r, &h[i], st ? &st[i] : NULL);
		else if (st)
			status_empty(&st[i]);
	}
	return 0;
}

/*
 * One after the other: all must be over in the end, and each native test moves
 * all of them. What is over by the time of a checkpoint stays so in its
 * descriptor; the application sees none of it before all are over.
 */
static int waitall_all(int n, seam_request h[], int *flag,
		       struct seam_status st[], const char *fn)
{
	struct desc_request *r;
	int i, rc, failed = 0;

	if (unlikely(n < 0 || (n && !h)))
		return ASK(SEAM_ERR_ARG);
	for (i = 0; i < n; i++)
		if (unlikely(!request_of(h[i])) && h[i] != SEAM_REQUEST_NULL)
			return ASK(SEAM_ERR_REQUEST);
	for (i = 0; i < n; i++) {
		r = request_of(h[i]);
		if (unlikely(!r))
			continue;
		if (!request_test(r)) {
			if (flag)
				return *flag = 0;
			rc = wait_request(r);
			if (rc)
				return rc;
		}
		failed |= r->error | (r->kind == REQUEST_GENERAL);
	}
	if (flag)
		*flag = 1;
	if (unlikely(failed))
		failed = set_errors(h, NULL, n);
	return unlikely(failed) ? all_fail(n, h, st, fn) :
				  all_collect(n, h, st);
}

/* First request that is over and has something to give, -1: none. */
static int set_first(const struct set *s)
{
	const struct desc_request *r;
	int i;

	for (i = 0; i < s->n; i++) {
		r = request_of(s->h[i]);
		if (r && r->done && request_over(r))
			return i;
	}
	return -1;
}

/* One look: index of one that is over, -1: none yet, -2: none is active. */
static int set_testany(struct set *s)
{
	int i, flag = 0, rc;
	MPI_Status st;

	if (unlikely(s->soft))
		set_test_soft(s);
	i = set_first(s);
	if (i >= 0)
		return i;
	if (!s->running)
		return s->soft ? -1 : -2;
	rc = MPI_Testany(s->n, s->native, &i, &flag, &st);
	if (!rc && !flag)
		return -1;
	if (i < 0 || i >= s->n)
		return -2;
	request_complete(request_of(s->h[i]), s->native[i], &st, rc);
	return i;
}

static int waitall_any(int n, seam_request h[], int *indx, int *flag,
		       struct seam_status *st, const char *fn)
{
	struct set s;
	struct desc *o;
	unsigned spins = 0;
	int rc, i;

	rc = set_begin(&s, n, h, fn);
	if (rc)
		return rc;
	*indx = SEAM_UNDEFINED;
	while ((i = set_testany(&s)) == -1) {
		if (flag) {
			*flag = 0;
			goto out;
		}
		rc = wait_turn(&spins);
		if (rc)
			goto out;
	}
	if (flag)
		*flag = 1;
	if (i < 0) {
		if (st)
			status_empty(st);
		goto out;
	}
	*indx = i;
	o = request_waited(request_of(h[i]));
	if (o)
		request_hold(o);
	rc = request_collect(request_of(h[i]), &h[i], st);
	if (rc)
		rc = back_raise(o, rc, fn);
	if (o)
		request_drop(o);
out:
	free(s.heap);
	return rc;
}

/* One look: how many are over; -1: none is active. */
static int set_testsome(struct set *s)
{
	struct desc_request *r;
	int i, n = 0, out = 0, rc = 0;

	if (unlikely(s->soft))
		set_test_soft(s);
	if (s->running)
		rc = MPI_Testsome(s->n, s->native, &out, s->index, s->st);
	if (out == MPI_UNDEFINED)
		out = 0;
	for (i = 0; i < out; i++)
		request_complete(request_of(s->h[s->index[i]]),
				 s->native[s->index[i]], &s->st[i],
				 set_code(rc, &s->st[i]));
	for (i = 0; i < s->n; i++) {
		r = request_of(s->h[i]);
		if (r && r->done && request_over(r))
			s->index[n++] = i;
	}
	return n || s->running || s->soft ? n : -1;
}

static int set_take(struct set *s, int n, int indices[],
		    struct seam_status st[], const char *fn)
{
	int i, rc, code = 0, failed = set_errors(s->h, s->index, n);
	struct desc *o = set_failed(s->h, s->index, n, &code);
	struct desc_request *r;

	for (i = 0; i < n; i++) {
		indices[i] = s->index[i];
		r = request_of(s->h[indices[i]]);
		rc = request_collect(r, &s->h[indices[i]], st ? &st[i] : NULL);
		if (failed && st)
			st[i].error = rc;
	}
	rc = failed ? set_raise(o, code, fn) : 0;
	if (o)
		request_drop(o);
	return rc;
}

static int waitall_some(int n, seam_request h[], int *outcount, int indices[],
			struct seam_status st[], int wait, const char *fn)
{
	struct set s;
	unsigned spins = 0;
	int rc, got;

	if (!indices)
		return ASK(SEAM_ERR_ARG);
	rc = set_begin(&s, n, h, fn);
	if (rc)
		return rc;
	while (!(got = set_testsome(&s)) && wait) {
		rc = wait_turn(&spins);
		if (rc)
			goto out;
	}
	*outcount = got < 0 ? SEAM_UNDEFINED : got;
	if (got > 0)
		rc = set_take(&s, got, indices, st, fn);
out:
	free(s.heap);
	return rc;
}

#define HOT_waitall
#include "build/gen/hot.h"
