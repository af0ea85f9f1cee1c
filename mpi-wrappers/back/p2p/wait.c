/* SPDX-License-Identifier: MIT */
/* wait.c - Wait and Test of one request; Cancel, Request_free, get_status */
#include "build/gen/ask.h"
#include "wait.h"

/* An error that the functions of a generalized request return is one of
 * calls that do not wait for it, too. */
#ifdef OPEN_MPI
#define QUERY_RAISES 0
#else
#define QUERY_RAISES 1
#endif

int wait_request(struct desc_request *r)
{
	unsigned spins = 0;
	int rc;

	while (!request_test(r)) {
		rc = wait_turn(&spins);
		if (rc)
			return rc;
	}
	return 0;
}

/* A handle that is not a request: null is complete, others an error. */
static int wait_null(seam_request h, struct seam_status *status)
{
	if (h != SEAM_REQUEST_NULL)
		return ASK(SEAM_ERR_REQUEST);
	if (status)
		status_empty(status);
	return 0;
}

static int wait_finish(struct desc_request *r, seam_request *h,
		       struct seam_status *status, const char *fn)
{
	struct desc *o;
	int rc;

	if (!unlikely(request_failed(r)))
		return request_collect(r, h, status);
	/* The handler runs on a communicator that is still there. */
	o = request_waited(r);
	if (o)
		request_hold(o);
	rc = request_collect(r, h, status);
	rc = back_raise(o, rc, fn);
	if (o)
		request_drop(o);
	return rc;
}

int back_Wait(seam_request *request, struct seam_status *status)
{
	struct desc_request *r = request ? request_of(*request) : NULL;
	int rc;

	if (unlikely(!r)) {
		rc = request ? wait_null(*request, status) : ASK(SEAM_ERR_ARG);
		return rc ? ask_Wait(request, status, rc) : 0;
	}
	rc = wait_request(r);
	return rc ? rc : wait_finish(r, request, status, "MPI_Wait");
}

int back_Test(seam_request *request, int *flag, struct seam_status *status)
{
	struct desc_request *r = request ? request_of(*request) : NULL;
	int rc = ASK(SEAM_ERR_ARG);

	if (unlikely(!r || !flag)) {
		if (request && flag)
			rc = wait_null(*request, status);
		if (rc)
			return ask_Test(request, flag, status, rc);
		*flag = 1;
		return 0;
	}
	*flag = request_test(r);
	return *flag ? wait_finish(r, request, status, "MPI_Test") : 0;
}

int back_Request_get_status(seam_request request, int *flag,
			    struct seam_status *status)
{
	struct desc_request *r = request_of(request);
	int rc;

	if (!r) {
		rc = wait_null(request, status);
		if (!rc)
			*flag = 1;
		return rc;
	}
	*flag = request_test(r);
	if (!*flag)
		return 0;
	if (r->persistent && !r->active) {
		if (status)
			status_empty(status);
		return 0;
	}
	if (r->kind == REQUEST_GENERAL)
		general_query(r);
	status_copy(status, &r->status);
	return r->kind == REQUEST_GENERAL && QUERY_RAISES ?
		       back_raise(NULL, r->error, "MPI_Request_get_status") :
		       0;
}

int back_Cancel(seam_request *request)
{
	struct desc_request *r = request_of(*request);
	MPI_Request n;
	int rc;

	if (!r)
		return ASK(SEAM_ERR_REQUEST);
	if (r->kind == REQUEST_GENERAL)
		return back_raise(NULL, general_cancel(r), "MPI_Cancel");
	if (request_over(r))
		return 0;
	n = request_native(r);
	rc = MPI_Cancel(&n);
	return rc ? back_raise(request_object(r), err_from_native(rc),
			       "MPI_Cancel") :
		    0;
}

/* Receives let go earlier that have come in since. */
static void orphans_reap(void)
{
	struct desc *d, *next;

	for (d = KEEP_MPI->live[DESC_REQUEST]; d && P2P->orphans; d = next) {
		next = d->next;
		if (!d->freed || !request_test((struct desc_request *)d))
			continue;
		P2P->orphans--;
		if (((struct desc_request *)d)->kind == REQUEST_GENERAL)
			general_free((struct desc_request *)d);
		request_free((struct desc_request *)d);
	}
}

/*
 * A send goes on without its descriptor: the peer's counts tell the drain when
 * it has arrived. An active receive keeps its own: it may have to be posted
 * again and it is counted.
 */
int back_Request_free(seam_request *request)
{
	struct desc_request *r = request_of(*request);
	MPI_Request n;
	int rc = 0;

	if (!r)
		return ASK(SEAM_ERR_REQUEST);
	if (P2P->orphans)
		orphans_reap();
	*request = SEAM_REQUEST_NULL;
	if (!request_test(r) &&
	    (r->kind == REQUEST_RECV || r->kind == REQUEST_MATCHED ||
	     r->kind == REQUEST_COLL || r->kind == REQUEST_IDUP ||
	     r->kind == REQUEST_GENERAL)) {
		r->d.freed = 1;
		P2P->orphans++;
		return 0;
	}
	if (r->kind == REQUEST_GENERAL) {
		rc = general_free(r);
		if (rc && QUERY_RAISES) { /* it is left */
			*request = (seam_request)r;
			return back_raise(NULL, rc, "MPI_Request_free");
		}
		rc = 0;
	}
	n = request_native(r);
	if (n != MPI_REQUEST_NULL)
		rc = MPI_Request_free(&n);
	request_free(r);
	return rc ? back_raise(NULL, err_from_native(rc), "MPI_Request_free") :
		    0;
}
