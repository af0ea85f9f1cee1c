/* SPDX-License-Identifier: MIT */
/* attr.c - keyvals, the callbacks behind them, predefined attributes
 *
 * A language's library may have put callbacks of its own in between (MPICH's
 * proxies): the functions of proxy.h are asked first.
 */
#include "front.h"
#include "attr.h"
#include "proxy.h"

/* The deprecated names are what old programs pass. */
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

/* Open MPI takes NULL for no function. */
static int is_missing(const void *fn)
{
#ifdef OPEN_MPI
	return !fn;
#else
	(void)fn;
	return 0;
#endif
}

static void *in_copy(const void *fn, const void *null, const void *dup)
{
	if (is_missing(fn))
		return FRONT_NO_FN;
	if (!fn || fn == null || fn == (const void *)MPI_NULL_COPY_FN)
		return SEAM_COMM_NULL_COPY_FN;
	if (fn == dup || fn == (const void *)MPI_DUP_FN)
		return SEAM_COMM_DUP_FN;
	return (void *)(uintptr_t)fn;
}

static void *in_delete(const void *fn, const void *null)
{
	if (is_missing(fn))
		return FRONT_NO_FN;
	if (!fn || fn == null || fn == (const void *)MPI_NULL_DELETE_FN)
		return SEAM_COMM_NULL_DELETE_FN;
	return (void *)(uintptr_t)fn;
}

#define CREATE_KEYVAL(Kind, KIND, kind)                                        \
	int PMPI_##Kind##_create_keyval(                                       \
		MPI_##Kind##_copy_attr_function *copy,                         \
		MPI_##Kind##_delete_attr_function *del, int *keyval,           \
		void *extra)                                                   \
	{                                                                      \
		int s_keyval = SEAM_KEYVAL_INVALID;                            \
		int rc = CROSS(Kind##_create_keyval(                           \
			in_copy((void *)copy,                                  \
				(void *)MPI_##KIND##_NULL_COPY_FN,             \
				(void *)MPI_##KIND##_DUP_FN),                  \
			in_delete((void *)del,                                 \
				  (void *)MPI_##KIND##_NULL_DELETE_FN),        \
			keyval ? &s_keyval : NULL, extra));                    \
                                                                               \
		if (rc == 0)                                                   \
			*keyval = s_keyval;                                    \
		return front_code(rc);                                         \
	}

CREATE_KEYVAL(Comm, COMM, comm)
CREATE_KEYVAL(Type, TYPE, datatype)
CREATE_KEYVAL(Win, WIN, win)

/* Any kind: one more word than the callback of its kind needs is harmless. */
static int call_copy(void *fn, void *handle, int keyval, void *extra,
		     struct front_copy *io, void **out, int *flag)
{
	switch (io->kind) {
	case DESC_TYPE:
		return ((MPI_Type_copy_attr_function *)fn)(
			out_datatype(handle), keyval, extra, io->value, out,
			flag);
	case DESC_WIN:
		return ((MPI_Win_copy_attr_function *)fn)(
			out_win(handle), keyval, extra, io->value, out, flag);
	default:
		return ((MPI_Comm_copy_attr_function *)fn)(
			out_comm(handle), keyval, extra, io->value, out, flag);
	}
}

int front_attr_copy(void *fn, void *handle, int keyval, void *extra,
		    struct front_copy *io)
{
	void *out = NULL;
	int flag = 0, rc;

	if (!proxy_copy(fn, handle, keyval, extra, io, &out, &flag, &rc))
		rc = call_copy(fn, handle, keyval, extra, io, &out, &flag);
	io->flag = flag;
	io->value = out;
	return seam_errcode(rc);
}

int front_attr_delete(void *fn, void *handle, int keyval, void *value,
		      void *extra, int kind_lang)
{
	int rc;

	if (proxy_delete(fn, handle, keyval, value, extra, kind_lang, &rc))
		return seam_errcode(rc);
	switch (kind_lang & 0xff) {
	case DESC_TYPE:
		rc = ((MPI_Type_delete_attr_function *)fn)(
			out_datatype(handle), keyval, value, extra);
		break;
	case DESC_WIN:
		rc = ((MPI_Win_delete_attr_function *)fn)(out_win(handle),
							  keyval, value, extra);
		break;
	default:
		rc = ((MPI_Comm_delete_attr_function *)fn)(
			out_comm(handle), keyval, value, extra);
	}
	return seam_errcode(rc);
}

/* Predefined attributes whose value is a named int get a place of ours. */
static void named_value(int keyval, void *val)
{
	static int host, io, flavor, model;
	int **p = val;

	switch (keyval) {
	case SEAM_HOST:
		host = real_rank(**p);
		*p = &host;
		break;
	case SEAM_IO:
		io = real_rank(**p);
		*p = &io;
		break;
	case SEAM_WIN_CREATE_FLAVOR:
		flavor = real_flavor(**p);
		*p = &flavor;
		break;
	case SEAM_WIN_MODEL:
		model = real_model(**p);
		*p = &model;
		break;
	}
}

#define GET_ATTR(Kind, kind)                                                   \
	int PMPI_##Kind##_get_attr(MPI_##Kind h, int keyval, void *val,        \
				   int *flag)                                  \
	{                                                                      \
		int number = seam_keyval(keyval);                              \
		int rc = CROSS(                                                \
			Kind##_get_attr(in_##kind(h), number, val, flag));     \
                                                                               \
		if (rc == 0 && *flag)                                          \
			named_value(number, val);                              \
		return front_code(rc);                                         \
	}

GET_ATTR(Comm, comm)
GET_ATTR(Win, win)

int PMPI_Type_get_attr(MPI_Datatype h, int keyval, void *val, int *flag)
{
	return front_code(CROSS(
		Type_get_attr(in_datatype(h), seam_keyval(keyval), val, flag)));
}
