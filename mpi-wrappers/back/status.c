/* SPDX-License-Identifier: MIT */
/* status.c - questions about statuses that need the native library
 *
 * Basic types are answered by the front; here come derived ones, whose
 * elements only the native library can count.
 */
#include <limits.h>
#include "back.h"
#include "status.h"
#include "build/gen/back.h"

void status_to_native(MPI_Status *n, const struct seam_status *s)
{
	memset(n, 0, sizeof(*n));
	n->MPI_SOURCE = real_rank(s->source);
	n->MPI_TAG = real_tag(s->tag);
	n->MPI_ERROR = MPI_SUCCESS;
	native_set_bytes(n, status_bytes(s), s->internal[2]);
}

int back_Get_elements_x(const struct seam_status *status,
			seam_datatype datatype, seam_count *count)
{
	MPI_Status n;
	MPI_Count c = 0;
	int rc;

	status_to_native(&n, status);
	rc = MPI_Get_elements_x(&n, real_type(datatype), &c);
	if (rc)
		return back_raise(NULL, err_from_native(rc),
				  "MPI_Get_elements_x");
	*count = c == MPI_UNDEFINED ? SEAM_UNDEFINED : c;
	return 0;
}

int back_Get_elements_c(const struct seam_status *status,
			seam_datatype datatype, seam_count *count)
{
	return back_Get_elements_x(status, datatype, count);
}

int back_Get_elements(const struct seam_status *status, seam_datatype datatype,
		      int *count)
{
	seam_count c;
	int rc = back_Get_elements_x(status, datatype, &c);

	if (!rc)
		*count = c > INT_MAX ? SEAM_UNDEFINED : (int)c;
	return rc;
}

int back_Status_set_elements_x(struct seam_status *status,
			       seam_datatype datatype, seam_count count)
{
	MPI_Status n;
	int rc;

	status_to_native(&n, status);
	rc = MPI_Status_set_elements_x(&n, real_type(datatype), count);
	if (rc)
		return back_raise(NULL, err_from_native(rc),
				  "MPI_Status_set_elements_x");
	status_set_bytes(status, native_bytes(&n));
	return 0;
}

int back_Status_set_elements(struct seam_status *status,
			     seam_datatype datatype, int count)
{
	return back_Status_set_elements_x(status, datatype, count);
}
