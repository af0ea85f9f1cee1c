/* SPDX-License-Identifier: MIT */
/* ask.c - arguments for the native calls of gen_ask.py
 *
 * Keyvals and error handlers are wholly in descriptors: a native one of the
 * same kind stands for all that the application has.
 */
#include "ask.h"
#include "../p2p/request.h"
#include "../../conv.h"

static int stand_in(int on)
{
	static int comm, type, win;
	int *key = on == DESC_WIN ? &win : on == DESC_TYPE ? &type : &comm;

	if (*key)
		return *key;
	if (on == DESC_WIN)
		MPI_Win_create_keyval(MPI_WIN_NULL_COPY_FN,
				      MPI_WIN_NULL_DELETE_FN, key, NULL);
	else if (on == DESC_TYPE)
		MPI_Type_create_keyval(MPI_TYPE_NULL_COPY_FN,
				       MPI_TYPE_NULL_DELETE_FN, key, NULL);
	else
		MPI_Comm_create_keyval(MPI_COMM_NULL_COPY_FN,
				       MPI_COMM_NULL_DELETE_FN, key, NULL);
	return *key;
}

int ask_keyval(int number)
{
	const struct desc_keyval *k = keyval_find(number);

	return k ? stand_in(k->on) : real_keyval(number);
}

int ask_keyval_free(int number)
{
	return keyval_find(number) ? MPI_KEYVAL_INVALID : real_keyval(number);
}

MPI_Errhandler real_errhandler(seam_errhandler h)
{
	const struct desc_errhandler *d = desc_of(h, DESC_ERRHANDLER);

	if (!d)
		return BAD_HANDLE(MPI_Errhandler, MPI_ERRHANDLER_NULL, h);
	if (d->on)
		return told_handler((enum desc_kind)d->on);
	return h == SEAM_ERRORS_RETURN ? MPI_ERRORS_RETURN :
					 MPI_ERRORS_ARE_FATAL;
}

MPI_Errhandler given_errhandler(seam_errhandler h, enum desc_kind kind)
{
	const struct desc_errhandler *d = desc_of(h, DESC_ERRHANDLER);

	return d && !d->on ? told_handler(kind) : real_errhandler(h);
}

static void *room(const void *list, int64_t n, size_t size)
{
	return list ? keep_alloc((n > 0 ? (size_t)n : 1) * size) : NULL;
}

MPI_Request *ask_requests(const seam_request *list, int64_t n)
{
	MPI_Request *r = room(list, n, sizeof(*r));

	for (int64_t i = 0; r && i < n; i++)
		r[i] = request_of(list[i]) ?
			       MPI_REQUEST_NULL :
			       BAD_HANDLE(MPI_Request, MPI_REQUEST_NULL,
					  list[i]);
	return r;
}

MPI_Datatype *ask_types(const seam_datatype *list, int64_t n)
{
	MPI_Datatype *t = room(list, n, sizeof(*t));

	for (int64_t i = 0; t && i < n; i++)
		t[i] = real_type(list[i]);
	return t;
}

MPI_Datatype *ask_room(const seam_datatype *list, int64_t n)
{
	return room(list, n, sizeof(MPI_Datatype));
}

MPI_Status *ask_statuses(const struct seam_status *list)
{
	(void)list;
	return MPI_STATUSES_IGNORE;
}

const int *ask_ints(int *to, const int *list, int n, int (*real)(int))
{
	for (int i = 0; list && i < n && i < ASK_DIMS; i++)
		to[i] = real(list[i]);
	return list ? to : NULL;
}
