/* SPDX-License-Identifier: MIT */
/* buffer.c - the buffer of buffered sends
 *
 * It is the application's memory; what lies in it at a checkpoint has been
 * delivered by the drain, so at restart it is attached again, empty.
 */
#include <limits.h>
#include "build/gen/back.h"
#include "request.h"
#include "../core/rows.h"

static int buffer_native(void *buffer, int64_t size)
{
	if (size > INT_MAX)
		size = INT_MAX / 4096 * 4096;
	return MPI_Buffer_attach(buffer, (int)size);
}

int buffer_rebuild(void)
{
	return buffer_native(P2P->attached, P2P->attached_size);
}

int buffer_attach(void *buffer, int64_t size)
{
	int rc = buffer_native(buffer, size);

	if (rc)
		return back_raise(NULL, err_from_native(rc),
				  "MPI_Buffer_attach");
	P2P->attached = buffer;
	P2P->attached_size = size;
	return 0;
}

int buffer_detach(void *buffer_addr, seam_count *size)
{
	void *buffer;
	int n, rc;

	rc = MPI_Buffer_detach(&buffer, &n);
	if (rc)
		return back_raise(NULL, err_from_native(rc),
				  "MPI_Buffer_detach");
	memcpy(buffer_addr, &P2P->attached, sizeof(void *));
	*size = P2P->attached_size;
	P2P->attached = NULL;
	return 0;
}

int buffer_detach_int(void *buffer_addr, int *size)
{
	seam_count n = -1;
	int rc = buffer_detach(buffer_addr, &n);

	if (n >= 0)
		*size = (int)n;
	return rc;
}
