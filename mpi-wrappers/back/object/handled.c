/* SPDX-License-Identifier: MIT */
/* handled.c - windows, files and sessions: error handlers, attributes, names
 *
 * These objects are passed through to the native library; only what calls back
 * into the application is kept here. A window's predefined attributes are
 * asked of the native library.
 */
#include <pthread.h>
#include <string.h>
#include "kind.h"
#include "../core/regular.h"
#include "build/gen/back.h"

void handled_destroy(void *p)
{
	attr_forget(p);
	desc_unref(((struct desc_handled *)p)->errhandler);
}

void win_made(struct desc *d)
{
	MPI_Win_set_errhandler(NATIVE(MPI_Win, d), told_handler(DESC_WIN));
}

/*
 * A file's first error handler is that of MPI_FILE_NULL. In MPICH a new file
 * has it without counting itself, and counts itself off when it is closed.
 */
void file_made(struct desc *d)
{
	struct desc **from = errhandler_slot(file_null());
#ifdef MPICH_VERSION
	MPI_Errhandler counted;

	MPI_File_get_errhandler(NATIVE(MPI_File, d), &counted);
#endif
	if (!from)
		return;
	handler_share(errhandler_slot(d), from);
}

/* Made at its first use, by one thread. */
struct desc *file_null(void)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	struct desc *d = desc_of_fixed(SEAM_FILE_NULL);

	if (!d) {
		pthread_mutex_lock(&lock);
		d = desc_of_fixed(SEAM_FILE_NULL);
		if (!d)
			d = desc_make_fixed(DESC_FILE,
					    sizeof(struct desc_handled),
					    SEAM_FILE_NULL);
		pthread_mutex_unlock(&lock);
	}
	if (d)
		d->real = AS_REAL(MPI_FILE_NULL);
	return d;
}

/* Attributes first: their callbacks may refuse. */
int back_Win_free(seam_win *win)
{
	static const char fn[] = "MPI_Win_free";
	struct desc *d = desc_of(*win, DESC_WIN);
	MPI_Win n;
	int rc;

	if (!d)
		return ASK(SEAM_ERR_WIN);
#ifdef OPEN_MPI
	attr_delete_all(d);
	attr_forget(d);
#else
	rc = attr_delete_all(d);
	if (rc)
		return back_raise(d, rc, fn);
#endif
	n = NATIVE(MPI_Win, d);
	rc = MPI_Win_free(&n);
	if (rc)
		return regular_end(rc, d, fn);
	regular_gone((void **)win);
	return 0;
}

int back_Win_get_attr(seam_win win, int win_keyval, void *attribute_val,
		      int *flag)
{
	static const char fn[] = "MPI_Win_get_attr";
	struct desc *d = desc_of(win, DESC_WIN);

	if (!d || win_keyval < SEAM_WIN_BASE || win_keyval > SEAM_WIN_MODEL)
		return attr_get_c(DESC_WIN, win, win_keyval, attribute_val,
				  flag);
	return regular_end(MPI_Win_get_attr(real_win(win),
					    real_keyval(win_keyval),
					    attribute_val, flag),
			   d, fn);
}
