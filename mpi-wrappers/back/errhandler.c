/* SPDX-License-Identifier: MIT */
/* errhandler.c - error handlers: wholly in descriptors
 *
 * No handler on an object means its default: errors are fatal on communicators
 * and windows, returned on files.
 */
#include "../../common/back.h"
#include "native.h"
#include "build/gen/back.h"

static int errhandler_new(void *fn, int on, seam_errhandler *out,
			  const char *what)
{
	struct desc_errhandler *h;

	if (!fn)
		return ASK(SEAM_ERR_ARG);
	h = desc_make(DESC_ERRHANDLER, sizeof(*h), what);
	if (!h)
		return back_raise(NULL, SEAM_ERR_NO_MEM, what);
	h->fn = fn;
	h->on = on;
	*out = h->d.seam;
	return 0;
}

int back_Comm_create_errhandler(void *comm_errhandler_fn,
				seam_errhandler *errhandler)
{
	return errhandler_new(comm_errhandler_fn, DESC_COMM, errhandler,
			      "MPI_Comm_create_errhandler");
}

int back_Win_create_errhandler(void *win_errhandler_fn,
			       seam_errhandler *errhandler)
{
	return errhandler_new(win_errhandler_fn, DESC_WIN, errhandler,
			      "MPI_Win_create_errhandler");
}

int back_File_create_errhandler(void *file_errhandler_fn,
				seam_errhandler *errhandler)
{
	return errhandler_new(file_errhandler_fn, DESC_FILE, errhandler,
			      "MPI_File_create_errhandler");
}

int back_Session_create_errhandler(void *session_errhandler_fn,
				   seam_errhandler *errhandler)
{
	return errhandler_new(session_errhandler_fn, DESC_SESSION, errhandler,
			      "MPI_Session_create_errhandler");
}

int back_Errhandler_free(seam_errhandler *errhandler)
{
	struct desc *d = desc_of(*errhandler, DESC_ERRHANDLER);

	if (!d)
		return ASK(SEAM_ERR_ERRHANDLER);
	*errhandler = SEAM_ERRHANDLER_NULL;
	desc_unref(d);
	return 0;
}

/* MPICH takes handlers for other kinds of objects. */
static int any_kind(const struct desc_errhandler *d)
{
#ifdef OPEN_MPI
	return !d->on;
#else
	return d != NULL;
#endif
}

int handler_set(struct desc *obj, int bad, seam_errhandler h)
{
	struct desc_errhandler *d = desc_of(h, DESC_ERRHANDLER);
	struct desc **slot = errhandler_slot(obj);

	if (!slot)
		return ASK(bad);
	if (!d || (d->on != (int)(obj->magic & 0xffff) && !any_kind(d)))
		return ASK(SEAM_ERR_ERRHANDLER);
	desc_ref(d);
	desc_unref(*slot);
	*slot = &d->d;
	return 0;
}

int handler_get(struct desc *obj, int bad, seam_errhandler *h)
{
	struct desc **slot = errhandler_slot(obj);

	if (!slot)
		return ASK(bad);
	if (*slot) {
		desc_ref(*slot);
		*h = (*slot)->seam;
	} else if (obj->magic == (DESC_MAGIC | DESC_FILE)) {
		*h = SEAM_ERRORS_RETURN;
	} else {
		*h = SEAM_ERRORS_ARE_FATAL;
	}
	return 0;
}

int handler_call(struct desc *obj, int bad, int code, const char *fn)
{
	if (!errhandler_slot(obj))
		return ASK(bad);
	handler_invoke(obj, code, fn);
	return 0;
}

int back_Comm_set_errhandler(seam_comm comm, seam_errhandler errhandler)
{
	return handler_set(desc_of(comm, DESC_COMM), SEAM_ERR_COMM, errhandler);
}

int back_Comm_get_errhandler(seam_comm comm, seam_errhandler *errhandler)
{
	return handler_get(desc_of(comm, DESC_COMM), SEAM_ERR_COMM, errhandler);
}

int back_Comm_call_errhandler(seam_comm comm, int errorcode)
{
	return handler_call(desc_of(comm, DESC_COMM), SEAM_ERR_COMM, errorcode,
			    "MPI_Comm_call_errhandler");
}
