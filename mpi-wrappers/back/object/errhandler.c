/* SPDX-License-Identifier: MIT */
/* errhandler.c - error handlers: wholly in descriptors
 *
 * An object that was given none has its kind's (kind.h).
 */
#include "../../../common/back.h"
#include "kind.h"
#include "../core/native.h"
#include "../core/rows.h"
#include "build/gen/back.h"

int errhandler_new(enum desc_kind kind, void *handler, seam_errhandler *out,
		   const char *fn)
{
	struct desc_errhandler *h;

	if (!handler)
		return ASK(SEAM_ERR_ARG);
	h = desc_make(DESC_ERRHANDLER, sizeof(*h), fn);
	if (!h)
		return back_raise(NULL, SEAM_ERR_NO_MEM, fn);
	h->fn = handler;
	h->on = kind;
	*out = h->d.seam;
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
	struct desc **slot = errhandler_slot(object(kind, obj)), *had;

	if (!slot)
		return ASK(kinds[kind].error);
	if (!d || (d->on != (int)kind && !any_kind(d)))
		return ASK(SEAM_ERR_ERRHANDLER);
	desc_ref(d);
	objects_lock();
	had = *slot;
	*slot = &d->d;
	objects_unlock();
	desc_unref(had);
	return 0;
}

void handler_share(struct desc **to, struct desc **from)
{
	objects_lock();
	*to = *from;
	desc_ref(*to);
	objects_unlock();
}

int handler_get(enum desc_kind kind, const void *obj, seam_errhandler *h)
{
	struct desc **slot = errhandler_slot(object(kind, obj)), *d;

	if (!slot)
		return ASK(kinds[kind].error);
	handler_share(&d, slot);
	*h = d ? d->seam : kinds[kind].unset;
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
