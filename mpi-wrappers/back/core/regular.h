/* SPDX-License-Identifier: MIT */
/* regular.h - what the generated functions of the back (gen_back.py) use
 *
 * real_X(seam) gives the native handle, made_X(native, ...) the seam handle of
 * an object a native call has made. Objects of the kinds here (windows, files,
 * sessions, handles of MPI_T) are passed through: while one
 * lives, checkpoints are refused by the name of the function that made it.
 */
#ifndef MANA_BACK_REGULAR_H
#define MANA_BACK_REGULAR_H

#include "../../conv.h"
#include "../../peers.h"
#include "../agent/clock.h"
#include "ask.h"
#include "native.h"
#include "../p2p/request.h"
#include "../p2p/status.h"

static inline MPI_Win real_win(seam_win h)
{
	struct desc *d = desc_of(h, DESC_WIN);

	return d ? NATIVE(MPI_Win, d) : BAD_HANDLE(MPI_Win, MPI_WIN_NULL, h);
}

static inline MPI_File real_file(seam_file h)
{
	struct desc *d = desc_of(h, DESC_FILE);

	if (d)
		return NATIVE(MPI_File, d);
#ifdef OPEN_MPI
	return BAD_HANDLE(MPI_File, MPI_FILE_NULL, h);
#else /* an address there, which would be followed */
	return MPI_FILE_NULL;
#endif
}

static inline MPI_Message real_message(seam_message h)
{
	struct desc *d = desc_of(h, DESC_MESSAGE);

	if (d && d->real)
		return NATIVE(MPI_Message, d);
	return d || h == SEAM_MESSAGE_NO_PROC ?
		       MPI_MESSAGE_NO_PROC :
		       BAD_HANDLE(MPI_Message, MPI_MESSAGE_NULL, h);
}

#ifdef MPI_SESSION_NULL
static inline MPI_Session real_session(seam_session h)
{
	struct desc *d = desc_of(h, DESC_SESSION);

	return d ? NATIVE(MPI_Session, d) :
		   BAD_HANDLE(MPI_Session, MPI_SESSION_NULL, h);
}
#endif

/* A passed-through object's descriptor, *h its seam handle, which stays as it
 * was when the native one is null. 0 or a seam code. */
int regular_made(enum desc_kind kind, uint64_t native, const char *what,
		 void **h);
/* The object is gone: the handle becomes null. */
void regular_gone(void **h);
/* tool.c: the native handle of one of MPI_T (0: the null handle). */
uint64_t tool_real(void *h, enum desc_kind kind);
/* An enumeration's handle; NULL for none. */
void *tool_enum(MPI_T_enum native);
/* Native copies of n types a and behind them m types b (either may be NULL), in
 * one block of keep memory; NULL for none. */
MPI_Datatype *real_types(const seam_datatype *a, int n, const seam_datatype *b,
			 int m);
/* The place of the native b in the block that real_types() made. It is a's
 * place when b is a, for MPICH compares them. */
static inline MPI_Datatype *real_second(MPI_Datatype *block,
					const seam_datatype *a, int n,
					const seam_datatype *b)
{
	return !b ? NULL : a == b || !block ? block : block + n;
}

/* The handler that a constructor was given. */
void handler_given(void *seam, seam_errhandler h);
/* The same of n infos. */
MPI_Info *native_infos(const seam_info *h, int n);
void native_infos_free(MPI_Info *info, int n); /* and the array */
/* The array of types goes when the request does. */
void regular_hold(seam_request h, void *types);

static inline int regular_failed(int rc)
{
	return __builtin_expect(rc != MPI_SUCCESS, 0);
}

/* End of a call: seam code of rc, after obj's error handler if it is one. */
static inline int regular_end(int rc, struct desc *obj, const char *what)
{
	return __builtin_expect(rc == MPI_SUCCESS, 1) ?
		       0 :
		       back_raise(obj, err_from_native(rc), what);
}

/* MPICH's calls on files may tell of an error twice, and succeed. */
int file_told(struct desc *obj, const char *what) __attribute__((cold));
static inline int regular_file_end(int rc, struct desc *obj, const char *what)
{
	if (rc == MPI_SUCCESS)
		return told_any() ? file_told(obj, what) : 0;
	return back_raise(obj, err_from_file(rc), what);
}

/* This real MPI does not have the function. */
int regular_missing(const char *what);

#endif
