/* SPDX-License-Identifier: MIT */
/* proxy.c (MPICH) - what libmpichfort and libmpichcxx ask of libmpich
 *
 * Their callbacks go through proxies: of a keyval, known by its number, or of a
 * function (of an op or an error handler), known by its address.
 */
#include "../proxy.h"
#include "../registry.h"
#include "bound.h"

enum attr_type { ATTR_PTR = 0, ATTR_AINT = 1, ATTR_INT = 3 };

typedef int copy_proxy(MPI_Comm_copy_attr_function *fn, int handle, int keyval,
		       void *extra, enum attr_type type, void *value,
		       void **out, int *flag);
typedef int delete_proxy(MPI_Comm_delete_attr_function *fn, int handle,
			 int keyval, enum attr_type type, void *value,
			 void *extra);
typedef void op_proxy(const void *in, void *inout, int len, MPI_Datatype type,
		      void (*fn)(void));
typedef void errhandler_proxy(int kind, int *handle, int *code,
			      void (*fn)(void));
typedef void bound_op(void *in, void *inout, MPI_Count len, MPI_Datatype type,
		      void *extra);
typedef void bound_errhandler(int handle, int code, void *extra);
typedef void bound_file_errhandler(MPI_File file, int code, void *extra);

static enum attr_type type_of(int lang)
{
	return lang == 0 ? ATTR_PTR : lang == 1 ? ATTR_INT : ATTR_AINT;
}

int proxy_copy(void *fn, void *handle, int keyval, void *extra,
	       struct front_copy *io, void **out, int *flag, int *rc)
{
	const struct registered *p = registry_find((uintptr_t)keyval);

	if (!p)
		return 0;
	*rc = ((copy_proxy *)p->a)(fn, out_handle(handle), keyval, extra,
				   type_of(io->lang), io->value, out, flag);
	return 1;
}

int proxy_delete(void *fn, void *handle, int keyval, void *value, void *extra,
		 int kind_lang, int *rc)
{
	const struct registered *p = registry_find((uintptr_t)keyval);

	if (!p)
		return 0;
	*rc = ((delete_proxy *)p->b)(fn, out_handle(handle), keyval,
				     type_of(kind_lang >> 8), value, extra);
	return 1;
}

int proxy_op(void *fn, void *in, void *inout, int64_t n, seam_datatype type)
{
	const struct bound *b = bound_of(fn);
	const struct registered *p;

	if (b) {
		((bound_op *)b->fn)(in, inout, n, out_datatype(type), b->extra);
		return 1;
	}
	p = registry_find((uintptr_t)fn);
	if (!p)
		return 0;
	((op_proxy *)p->a)(in, inout, (int)n, out_datatype(type),
			   (void (*)(void))fn);
	return 1;
}

/* libmpichcxx throws an exception, or calls the handler, when a function
 * returns an error; so no function returns one once the handler has been
 * called. */
int proxy_errhandler(void *fn, void *handle, int kind, int *code)
{
	const struct bound *b = bound_of(fn);
	const struct registered *p;
	int h = out_handle(handle);

	if (b) {
		if (kind == DESC_FILE)
			((bound_file_errhandler *)b->fn)(out_file(handle),
							 *code, b->extra);
		else
			((bound_errhandler *)b->fn)(h, *code, b->extra);
		*code = MPI_SUCCESS;
		return 1;
	}
	p = registry_find((uintptr_t)fn);
	if (!p || kind == DESC_FILE)
		return 0;
	((errhandler_proxy *)p->a)(kind == DESC_WIN ? 2 : 0, &h, code,
				   (void (*)(void))fn);
	*code = MPI_SUCCESS;
	return 1;
}

EXPORT void MPII_Keyval_set_proxy(int keyval, copy_proxy *copy,
				  delete_proxy *del);
void MPII_Keyval_set_proxy(int keyval, copy_proxy *copy, delete_proxy *del)
{
	registry_add((uintptr_t)keyval, (void *)copy, (void *)del);
}

EXPORT void MPII_Op_set_cxx(MPI_Op op, void (*proxy)(void));
void MPII_Op_set_cxx(MPI_Op op, void (*proxy)(void))
{
	const struct desc_op *o = desc_of(in_op(op), DESC_OP);

	if (o && o->fn)
		registry_add((uintptr_t)o->fn, (void *)proxy, NULL);
}

EXPORT void MPII_Errhandler_set_cxx(MPI_Errhandler eh, void (*proxy)(void));
void MPII_Errhandler_set_cxx(MPI_Errhandler eh, void (*proxy)(void))
{
	const struct desc_errhandler *e =
		desc_of(in_errhandler(eh), DESC_ERRHANDLER);

	if (e && e->fn)
		registry_add((uintptr_t)e->fn, (void *)proxy, NULL);
}

EXPORT void MPII_Grequest_set_lang_f77(MPI_Request request);
void MPII_Grequest_set_lang_f77(MPI_Request request)
{
	CROSS(request_fortran(in_request(request)));
}

static int lang_of(enum attr_type type)
{
	return type == ATTR_PTR ? 0 : type == ATTR_INT ? 1 : 2;
}

/* Predefined keyvals are even numbers in Fortran, one above those of C. */
static int keyval_of(int keyval)
{
	return seam_keyval((keyval & ~0xff) == 0x64400000 ? (keyval - 1) | 1 :
							    keyval);
}

/* val is where a Fortran integer or address is stored. */
static int get_attr(enum desc_kind kind, void *seam, int keyval, void *val,
		    int *flag, enum attr_type type)
{
	seam_aint v = 0;
	int number = keyval_of(keyval);
	int rc = CROSS(attr_fetch(kind, seam, number, &v, flag));

	if (rc == 0 && *flag && (number == SEAM_HOST || number == SEAM_IO))
		v = real_rank((int)v);
	if (rc == 0 && *flag && type == ATTR_INT)
		*(int *)val = (int)v;
	else if (rc == 0 && *flag)
		*(seam_aint *)val = v;
	return front_code(rc);
}

#define ATTR(Kind, KIND, kind, type)                                           \
	EXPORT int MPII_##Kind##_set_attr(type h, int keyval, void *value,     \
					  enum attr_type t);                   \
	EXPORT int MPII_##Kind##_get_attr(type h, int keyval, void *value,     \
					  int *flag, enum attr_type t);        \
	int MPII_##Kind##_set_attr(type h, int keyval, void *value,            \
				   enum attr_type t)                           \
	{                                                                      \
		return front_code(CROSS(attr_put(DESC_##KIND, in_##kind(h),    \
						 seam_keyval(keyval), value,   \
						 lang_of(t))));                \
	}                                                                      \
	int MPII_##Kind##_get_attr(type h, int keyval, void *value, int *flag, \
				   enum attr_type t)                           \
	{                                                                      \
		return get_attr(DESC_##KIND, in_##kind(h), keyval, value,      \
				flag, t);                                      \
	}

ATTR(Comm, COMM, comm, MPI_Comm)
ATTR(Type, TYPE, datatype, MPI_Datatype)
ATTR(Win, WIN, win, MPI_Win)
