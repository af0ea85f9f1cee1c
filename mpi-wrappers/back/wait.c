/* SPDX-License-Identifier: MIT */
/* wait.c - Wait and Test of one request; Cancel, Request_free, get_status */
#include "build/gen/back.h"
#include "wait.h"

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
static int wait_null(seam_request h, struct seam_status *status,
		     const char *fn)
{
	if (h != SEAM_REQUEST_NULL)
		return back_raise(NULL, SEAM_ERR_REQUEST, fn);
	if (status)
		status_empty(status);
	return 0;
}

static int wait_finish(struct desc_request *r, seam_request *h,
		       struct seam_status *status, const char *fn)
{
	struct desc *o;
	int rc;

	if (!unlikely(r->error))
		return request_collect(r, h, status);
	/* The handler runs on a communicator that is still there. */
	o = request_object(r);
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
	struct desc_request *r = request_of(*request);
	int rc;

	if (unlikely(!r))
		return wait_null(*request, status, "MPI_Wait");
	rc = wait_request(r);
	return rc ? rc : wait_finish(r, request, status, "MPI_Wait");
}

int back_Test(seam_request *request, int *flag, struct seam_status *status)
{
	struct desc_request *r = request_of(*request);

	*flag = 1;
	if (unlikely(!r))
		return wait_null(*request, status, "MPI_Test");
	*flag = request_test(r);
	return *flag ? wait_finish(r, request, status, "MPI_Test") : 0;
}

int back_Request_get_status(seam_request request, int *flag,
			    struct seam_status *status)
{
	struct desc_request *r = request_of(request);

	*flag = 1;
	if (!r)
		return wait_null(request, status, "MPI_Request_get_status");
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
	return 0;
}

int back_Cancel(seam_request *request)
{
	struct desc_request *r = request_of(*request);
	MPI_Request n;
	int rc;

	if (!r)
		return back_raise(NULL, SEAM_ERR_REQUEST, "MPI_Cancel");
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
		return back_raise(NULL, SEAM_ERR_REQUEST, "MPI_Request_free");
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
	if (r->kind == REQUEST_GENERAL)
		general_free(r);
	n = request_native(r);
	if (n != MPI_REQUEST_NULL)
		rc = MPI_Request_free(&n);
	request_free(r);
	return rc ? back_raise(NULL, err_from_native(rc), "MPI_Request_free") :
		    0;
}
