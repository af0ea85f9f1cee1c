/* SPDX-License-Identifier: MIT */
/* shims.c - the application's callbacks, called with its own handles
 *
 * Run in the upper half, on top of lower frames (lower_upcall): plain calls,
 * and what the application does in them may cross again.
 */
#include "front.h"
#include "attr.h"
#include "proxy.h"

static void op_shim(void *fn, void *in, void *inout, int64_t n,
		    seam_datatype type, int large)
{
	MPI_Datatype t = out_datatype(type);
	MPI_Count many = n;
	int len = (int)n;

	if (proxy_op(fn, in, inout, n, type))
		return;
	if (large)
		((void (*)(void *, void *, MPI_Count *, MPI_Datatype *))fn)(
			in, inout, &many, &t);
	else
		((MPI_User_function *)fn)(in, inout, &len, &t);
}

static int errhandler_shim(void *fn, void *handle, int kind, int error)
{
	const int was = front_code(error);
	int code = was;

	if (proxy_errhandler(fn, handle, kind, &code)) {
		;
	} else if (kind == DESC_WIN) {
		MPI_Win w = out_win(handle);

		((MPI_Win_errhandler_function *)fn)(&w, &code);
	} else if (kind == DESC_FILE) {
		MPI_File f = out_file(handle);

		((MPI_File_errhandler_function *)fn)(&f, &code);
	} else {
		MPI_Comm c = out_comm(handle);

		((MPI_Comm_errhandler_function *)fn)(&c, &code);
	}
	return code == was ? error : seam_errcode(code);
}

/* Seam classes are also codes of the callback's making: both ways. */
static int query_shim(void *fn, void *extra, struct seam_status *s, int fortran)
{
	MPI_Status app = { 0 };
	int rc = MPI_SUCCESS;

	app.MPI_SOURCE = MPI_ANY_SOURCE;
	app.MPI_TAG = MPI_ANY_TAG;
	if (fortran)
		((void (*)(void *, void *, int *))fn)(extra, &app, &rc);
	else
		rc = ((MPI_Grequest_query_function *)fn)(extra, &app);
	in_status(s, &app);
	return seam_errcode(rc);
}

static int free_shim(void *fn, void *extra, int fortran)
{
	int rc = MPI_SUCCESS;

	if (fortran)
		((void (*)(void *, int *))fn)(extra, &rc);
	else
		rc = ((MPI_Grequest_free_function *)fn)(extra);
	return seam_errcode(rc);
}

static int cancel_shim(void *fn, void *extra, int complete, int fortran)
{
	int rc = MPI_SUCCESS;

	if (fortran)
		((void (*)(void *, int *, int *))fn)(extra, &complete, &rc);
	else
		rc = ((MPI_Grequest_cancel_function *)fn)(extra, complete);
	return seam_errcode(rc);
}

const struct front_shims front_shims = {
	.abi = FRONT_ABI,
	.op = op_shim,
	.errhandler = errhandler_shim,
	.copy = front_attr_copy,
	.del = front_attr_delete,
	.grequest_query = query_shim,
	.grequest_free = free_shim,
	.grequest_cancel = cancel_shim,
};
