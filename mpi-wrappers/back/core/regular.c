/* SPDX-License-Identifier: MIT */
/* regular.c - helpers of the generated functions, and rows of the fronts */
#include "build/gen/back.h"
#include "../../front_shims.h"
#include "closed.h"
#include "../object/kind.h"
#include "regular.h"
#include "../object/told.h"

int regular_made(enum desc_kind kind, uint64_t native, const char *what,
		 void **h)
{
	struct desc *d;

	if (native == kinds[kind].none)
		return 0;
	d = desc_make(kind, sizeof(struct desc_handled), what);
	if (!d)
		return back_raise(NULL, SEAM_ERR_NO_MEM, what);
	d->real = native;
	d->refuse = 1;
	if (kinds[kind].made)
		kinds[kind].made(d);
	*h = d->seam;
	return 0;
}

void handler_given(void *seam, seam_errhandler h)
{
	struct desc **slot = errhandler_slot(seam);
	struct desc *d = desc_of(h, DESC_ERRHANDLER);

	if (!slot || !d)
		return;
	desc_ref(d);
	*slot = d;
}

void regular_gone(void **h)
{
	struct desc *d = *h;
	void *null;

	if (!d)
		return; /* a null handle of MPI_T */
	null = kind_of(d)->null;
	/* The native object is gone already: nothing is left to free. */
	attr_delete_all(d);
	d->real = 0;
	desc_unref(d);
	*h = null;
}

MPI_Datatype *real_types(const seam_datatype *a, int n, const seam_datatype *b,
			 int m)
{
	MPI_Datatype *t;

	if (n < 0 || m < 0 || n + m == 0)
		return NULL;
	t = keep_alloc(((size_t)n + (size_t)m) * sizeof(*t));
	if (!t)
		return NULL;
	for (int i = 0; i < n; i++)
		t[i] = a ? real_type(a[i]) : MPI_DATATYPE_NULL;
	for (int i = 0; i < m; i++)
		t[n + i] = b ? real_type(b[i]) : MPI_DATATYPE_NULL;
	return t;
}

MPI_Info *native_infos(const seam_info *h, int n)
{
	MPI_Info *a;

	if (!h || n <= 0)
		return NULL;
	a = keep_alloc((size_t)n * sizeof(*a));
	for (int i = 0; a && i < n; i++)
		a[i] = native_info(h[i]);
	return a;
}

void native_infos_free(MPI_Info *info, int n)
{
	for (int i = 0; info && i < n; i++)
		native_info_free(&info[i]);
	keep_free(info);
}

void regular_hold(seam_request h, void *types)
{
	struct desc_request *r = request_of(h);

	if (r && !r->temp)
		r->temp = types;
}

int file_told(struct desc *obj, const char *what)
{
	back_raise(obj, err_from_file(told_last()), what);
	return 0;
}

int regular_missing(const char *what)
{
	lower_error("%s: this MPI library (%s) does not have it: run the "
		    "program over the one it was built for",
		    what, back_name());
	return back_raise(NULL, SEAM_ERR_UNSUPPORTED_OPERATION, what);
}

int back_register_front(const struct front_shims *shims)
{
	KEEP_MPI->part[PART_FRONT] = (void *)(uintptr_t)shims;
	closed_update();
	info_env_early();
	return 0;
}

/* An error that a front has found by itself. */
int back_raise_from(int kind, void *handle, int error, const char *what)
{
	struct desc *obj = desc_of(handle, (enum desc_kind)kind);

	if (obj && kind == DESC_REQUEST)
		obj = request_object((struct desc_request *)obj);
	return back_raise(obj, error, what);
}

int back_attr_put(int kind, void *handle, int number, void *value, int lang)
{
	static const char fn[] = "MPI_Attr_put";
	struct desc *obj = desc_of(handle, (enum desc_kind)kind);

	return ask_nobody(
		attr_set((enum desc_kind)kind, handle, number, value, lang, fn),
		obj, fn);
}

/* Fortran sees the value, also of predefined attributes. */
int back_attr_fetch(int kind, void *handle, int number, seam_aint *value,
		    int *flag)
{
	struct desc *obj = desc_of(handle, (enum desc_kind)kind);
	void *v = NULL;
	int lang = -1, rc;

	*flag = 0;
	if (kind == DESC_COMM && number < FIRST_KEYVAL) {
		rc = ask_nobody(back_Comm_get_attr(handle, number, &v, flag),
				obj, "MPI_Attr_get");
		if (rc == 0 && *flag)
			*value = *(int *)v;
		return rc;
	}
	rc = attr_get((enum desc_kind)kind, handle, number, &v, &lang);
	rc = ask_nobody(rc, obj, "MPI_Attr_get");
	*flag = rc == 0 && lang >= 0;
	if (*flag)
		*value = (seam_aint)v;
	return rc;
}
