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

struct attached {
	void *buffer;
	int64_t size;
};

/* Returns what was noted before. */
static struct attached attached_note(struct attached now)
{
	struct attached had;

	objects_lock();
	had = (struct attached){ P2P->attached, P2P->attached_size };
	P2P->attached = now.buffer;
	P2P->attached_size = now.size;
	objects_unlock();
	return had;
}

int buffer_attach(void *buffer, int64_t size)
{
	int rc = buffer_native(buffer, size);

	if (rc)
		return back_raise(NULL, err_from_native(rc),
				  "MPI_Buffer_attach");
	attached_note((struct attached){ buffer, size });
	return 0;
}

/* The note goes first: after the native call another thread may have attached
 * another one. */
int buffer_detach(void *buffer_addr, seam_count *size)
{
	struct attached had = attached_note((struct attached){ NULL, 0 });
	void *buffer;
	int n, rc;

	rc = MPI_Buffer_detach(&buffer, &n);
	if (rc) {
		attached_note(had);
		return back_raise(NULL, err_from_native(rc),
				  "MPI_Buffer_detach");
	}
	memcpy(buffer_addr, &had.buffer, sizeof(void *));
	*size = had.size;
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
