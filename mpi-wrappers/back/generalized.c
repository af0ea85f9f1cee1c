/* SPDX-License-Identifier: MIT */
/* generalized.c - generalized requests, wholly ours: no native request
 *
 * The application's functions are called through the front's shims.
 */
#include "../front_shims.h"
#include "build/gen/back.h"
#include "request.h"

int back_Grequest_start(void *query_fn, void *free_fn, void *cancel_fn,
			void *extra_state, seam_request *request)
{
	struct desc_request *r = request_new(REQUEST_GENERAL);

	if (!r)
		return back_raise(NULL, SEAM_ERR_NO_MEM, "MPI_Grequest_start");
	r->query = query_fn;
	r->free = free_fn;
	r->cancel = cancel_fn;
	r->extra = extra_state;
	r->fortran = 0;
	status_empty(&r->status);
	*request = (seam_request)r;
	return 0;
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
		return back_raise(NULL, SEAM_ERR_REQUEST,
				  "MPI_Grequest_complete");
	__atomic_store_n(&r->done, 1, __ATOMIC_RELEASE);
	return 0;
}

/* Fills r->status and r->error by the application's query function. */
int general_query(struct desc_request *r)
{
	const struct front_shims *f = FRONT;

	if (!f || !r->query)
		return 0;
	r->error = (int)half_upcall((void *)f->grequest_query, (long)r->query,
				    (long)r->extra, (long)&r->status,
				    r->fortran, 0, 0);
	return r->error;
}

int general_cancel(struct desc_request *r)
{
	const struct front_shims *f = FRONT;

	if (!f || !r->cancel)
		return 0;
	return (int)half_upcall((void *)f->grequest_cancel, (long)r->cancel,
				(long)r->extra, r->done, r->fortran, 0, 0);
}

void general_free(struct desc_request *r)
{
	const struct front_shims *f = FRONT;

	if (f && r->free)
		half_upcall((void *)f->grequest_free, (long)r->free,
			    (long)r->extra, r->fortran, 0, 0, 0);
}
