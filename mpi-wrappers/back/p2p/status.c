/* SPDX-License-Identifier: MIT */
/* status.c - questions about statuses that need the native library
 *
 * Basic types are answered by the front; here come derived ones, whose
 * elements only the native library can count.
 */
#include <limits.h>
#include "../../../common/back.h"
#include "../core/rows.h"
#include "status.h"
#include "build/gen/back.h"

void status_to_native(MPI_Status *n, const struct seam_status *s)
{
	memset(n, 0, sizeof(*n));
	n->MPI_SOURCE = real_rank(s->source);
	n->MPI_TAG = real_tag(s->tag);
	n->MPI_ERROR = real_errcode(s->error);
	native_set_bytes(n, status_bytes(s), s->internal[2]);
}

void status_back(struct seam_status *s, const MPI_Status *n)
{
	status_from_native(s, n);
	s->error = seam_errcode(n->MPI_ERROR);
}

/* A count the application's handler may have made success of is none. */
int status_elements(const struct seam_status *status, seam_datatype datatype,
		    seam_count *count, const char *fn)
{
	MPI_Status n;
	MPI_Count c = 0;
	int rc;

	if (!status)
		return ASK(SEAM_ERR_ARG);
	status_to_native(&n, status);
	rc = MPI_Get_elements_x(&n, real_type(datatype), &c);
	if (rc)
		return back_raise(NULL, err_from_native(rc), fn);
	*count = c == MPI_UNDEFINED ? SEAM_UNDEFINED : c;
	return 0;
}

int status_elements_int(const struct seam_status *status,
			seam_datatype datatype, int *count, const char *fn)
{
	seam_count c = -1;
	int rc = status_elements(status, datatype, &c, fn);

	if (c != -1)
		*count = c > INT_MAX ? SEAM_UNDEFINED : (int)c;
	return rc;
}

int status_set_elements(struct seam_status *status, seam_datatype datatype,
			seam_count count)
{
	MPI_Status n;
	int rc;

	if (!status)
		return ASK(SEAM_SUCCESS);
	status_to_native(&n, status);
	rc = MPI_Status_set_elements_x(&n, real_type(datatype), count);
	if (rc)
		return back_raise(NULL, err_from_native(rc),
				  "MPI_Status_set_elements_x");
	status_set_bytes(status, native_bytes(&n));
	return 0;
}
