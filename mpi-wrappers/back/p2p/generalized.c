/* SPDX-License-Identifier: MIT */
/* generalized.c - generalized requests, wholly ours: no native request
 *
 * The application's functions are called through the front's shims.
 */
#include "../../front_shims.h"
#include "build/gen/ask.h"
#include "request.h"

static int general_start(const struct general_class *c, void *extra,
			 seam_request *request, const char *fn)
{
	struct desc_request *r = request_new(REQUEST_GENERAL);

	if (!r)
		return back_raise(NULL, SEAM_ERR_NO_MEM, fn);
	r->query = c->query;
	r->free = c->free;
	r->cancel = c->cancel;
	r->poll = c->poll;
	r->extra = extra;
	r->fortran = 0;
	r->ended = 0;
	status_empty(&r->status);
	*request = (seam_request)r;
	return 0;
}

int back_Grequest_start(void *query_fn, void *free_fn, void *cancel_fn,
			void *extra_state, seam_request *request)
{
	struct general_class c = { query_fn, free_fn, cancel_fn, NULL };
	int rc = 0;

	if (!query_fn || !free_fn || !cancel_fn) /* Open MPI takes it */
		rc = ask_Grequest_start(query_fn, free_fn, cancel_fn,
					extra_state, request,
					ASK(SEAM_SUCCESS));
	return rc ? rc :
		    general_start(&c, extra_state, request,
				  "MPI_Grequest_start");
}

/* MPICH's own: poll_fn completes the request when somebody looks at it. There
 * is no need for wait_fn, which waits for several without looking. */
int back_X_Grequest_start(void *query_fn, void *free_fn, void *cancel_fn,
			  void *poll_fn, void *wait_fn, void *extra_state,
			  seam_request *request)
{
	struct general_class c = { query_fn, free_fn, cancel_fn, poll_fn };

	if (!query_fn || !free_fn || !cancel_fn || !poll_fn || !wait_fn)
		return ASK(SEAM_ERR_ARG);
	return general_start(&c, extra_state, request, "MPIX_Grequest_start");
}

int back_X_Grequest_class_create(void *query_fn, void *free_fn, void *cancel_fn,
				 void *poll_fn, void *wait_fn, int *greq_class)
{
	struct general_class *c;

	if (!query_fn || !free_fn || !cancel_fn || !poll_fn || !wait_fn)
		return ASK(SEAM_ERR_ARG);
	request_lock();
	c = keep_realloc(P2P->classes,
			 ((size_t)P2P->n_classes + 1) * sizeof(*c));
	if (c) {
		P2P->classes = c;
		c += P2P->n_classes;
		*c = (struct general_class){ query_fn, free_fn, cancel_fn,
					     poll_fn };
		*greq_class = P2P->n_classes++;
	}
	request_unlock();
	return c ? 0 :
		   back_raise(NULL, SEAM_ERR_NO_MEM,
			      "MPIX_Grequest_class_create");
}

int back_X_Grequest_class_allocate(int greq_class, void *extra_state,
				   seam_request *request)
{
	struct general_class c = { 0 };
	int known;

	request_lock();
	known = greq_class >= 0 && greq_class < P2P->n_classes;
	if (known)
		c = P2P->classes[greq_class];
	request_unlock();
	if (!known)
		return ASK(SEAM_ERR_ARG);
	return general_start(&c, extra_state, request,
			     "MPIX_Grequest_class_allocate");
}

/* Fortran's library tells so after it has made the request (front/mpich). */
int back_request_fortran(seam_request request)
{
	struct desc_request *r = request_of(request);

	if (!r || r->kind != REQUEST_GENERAL)
		return SEAM_ERR_REQUEST;
	r->fortran = 1;
	return 0;
}

int back_Grequest_complete(seam_request request)
{
	struct desc_request *r = request_of(request);

	if (!r || r->kind != REQUEST_GENERAL || r->done)
		return ASK(SEAM_ERR_REQUEST);
	__atomic_store_n(&r->done, 1, __ATOMIC_RELEASE);
	return 0;
}

/* Not for the agent, whose application stands still. 1: it is over. */
int general_poll(struct desc_request *r)
{
	const struct front_shims *f = FRONT;

	if (f && r->poll && GATE->pending < PENDING_STOP)
		lower_upcall((void *)f->grequest_query, (long)r->poll,
			     (long)r->extra, (long)&r->status, 0, 0, 0);
	return r->done;
}

void general_query(struct desc_request *r)
{
	const struct front_shims *f = FRONT;

	if (f && r->query)
		r->error = (int)lower_upcall(
			(void *)f->grequest_query, (long)r->query,
			(long)r->extra, (long)&r->status, r->fortran, 0, 0);
}

/* Open MPI takes no notice of what the free function returns. */
void general_end(struct desc_request *r)
{
	int rc;

	if (r->ended)
		return;
	r->ended = 1;
	general_query(r);
	rc = general_free(r);
#ifndef OPEN_MPI
	if (!r->error)
		r->error = rc;
#else
	(void)rc;
#endif
}

int general_cancel(struct desc_request *r)
{
	const struct front_shims *f = FRONT;

	if (!f || !r->cancel)
		return 0;
	return (int)lower_upcall((void *)f->grequest_cancel, (long)r->cancel,
				 (long)r->extra, r->done, r->fortran, 0, 0);
}

int general_free(struct desc_request *r)
{
	const struct front_shims *f = FRONT;

	return f && r->free ? (int)lower_upcall((void *)f->grequest_free,
						(long)r->free, (long)r->extra,
						r->fortran, 0, 0, 0) :
			      0;
}
