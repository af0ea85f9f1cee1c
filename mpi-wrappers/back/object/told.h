/* SPDX-License-Identifier: MIT */
/* told.h - whose error handler the native library calls, and what it makes of
 * what the handler leaves in its code
 *
 * An error belongs to an object, and which one that is differs between the
 * libraries, their functions and their versions. So every native object has a
 * handler of ours, which notes the object and the code; when the native call
 * has returned, back_raise() calls the application's handlers of these objects.
 * A handler may also change the code, and not every function returns what it
 * has made of it: ours leaves a mark in the place of the code, which the call
 * returns or does not.
 *
 * What is noted is the calling thread's, and is for the error that its last
 * native call returned: err_from_native() takes it, or throws it away. Of calls
 * that nobody asked about, something may be left.
 */
#ifndef MANA_BACK_TOLD_H
#define MANA_BACK_TOLD_H

#include <mpi.h>
#include "objects.h"

#define TOLD 4 /* MPICH tells files twice */

/* MPICH 5 returns MPI_SUCCESS whenever it has called a handler, so that nobody
 * would know of an error. There the native objects return errors instead, and
 * whose they are the back says itself. */
#if defined(MPICH_NUMVERSION) && MPICH_NUMVERSION >= 50000000
#define TELLS 0
#else
#define TELLS 1
#endif

/* The handler for native objects of a kind; MPI_ERRORS_RETURN before
 * told_init(). */
MPI_Errhandler told_handler(enum desc_kind kind);
/* After native init. A native code. */
int told_init(void);

struct told {
	struct desc *obj;
	int code; /* native */
};

/* The code that stands behind a mark; others stay as they are. */
int told_code(int rc);
/* A native call has returned rc; all: what was noted since told_forget() is all
 * of it. Then: which seam code that is. */
void told_take(int rc, int all);
void told_name(int code);
/* Writes into all the objects that are to be told of this seam code, and
 * returns how many they are: 0 when nobody is known, or somebody has asked
 * before. *fixed says that the call returns the code whatever handlers do. */
int told_objects(int code, struct told *all, int *fixed);
/* Something has been told since; the native code of the last of it. */
int told_any(void);
int told_last(void);
/* Forgets all that has been told until now: it was about other calls. */
void told_forget(void);

#endif
