/* SPDX-License-Identifier: MIT */
/* errhandler.c - error handlers: wholly in descriptors
 *
 * An object that was given none has its kind's (kind.h).
 */
#include "../../common/back.h"
#include "kind.h"
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

static struct desc *object(enum desc_kind kind, const void *h)
{
	return kind == DESC_FILE && h == SEAM_FILE_NULL ? file_null() :
							  desc_of(h, kind);
}

int handler_set(enum desc_kind kind, const void *obj, seam_errhandler h)
{
	struct desc_errhandler *d = desc_of(h, DESC_ERRHANDLER);
	struct desc **slot = errhandler_slot(object(kind, obj));

	if (!slot)
		return ASK(kinds[kind].error);
	if (!d || (d->on != (int)kind && !any_kind(d)))
		return ASK(SEAM_ERR_ERRHANDLER);
	desc_ref(d);
	desc_unref(*slot);
	*slot = &d->d;
	return 0;
}

int handler_get(enum desc_kind kind, const void *obj, seam_errhandler *h)
{
	struct desc **slot = errhandler_slot(object(kind, obj));

	if (!slot)
		return ASK(kinds[kind].error);
	desc_ref(*slot);
	*h = *slot ? (*slot)->seam : kinds[kind].unset;
	return 0;
}

int handler_call(enum desc_kind kind, const void *obj, int code, const char *fn)
{
	struct desc *d = object(kind, obj);

	if (!errhandler_slot(d))
		return ASK(kinds[kind].error);
	handler_invoke(d, code, fn);
	return 0;
}

int back_Comm_set_errhandler(seam_comm comm, seam_errhandler errhandler)
{
	return handler_set(DESC_COMM, comm, errhandler);
}

int back_Comm_get_errhandler(seam_comm comm, seam_errhandler *errhandler)
{
	return handler_get(DESC_COMM, comm, errhandler);
}

int back_Comm_call_errhandler(seam_comm comm, int errorcode)
{
	return handler_call(DESC_COMM, comm, errorcode,
			    "MPI_Comm_call_errhandler");
}
