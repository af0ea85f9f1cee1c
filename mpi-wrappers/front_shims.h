/* SPDX-License-Identifier: MIT */
/* front_shims.h - what a front offers to the back: calling the application
 *
 * The application's callbacks expect its own handles and statuses, which only
 * the front knows how to make. The back calls a shim with lower_upcall(); the
 * shim converts and calls the application's function fn. Shims are in the upper
 * half. A front gives the address of its struct once, by the gate's row
 * register_front; the back keeps it in keep memory, so it survives a restart.
 */
#ifndef MANA_FRONT_SHIMS_H
#define MANA_FRONT_SHIMS_H

#include <stdint.h>
#include "seam.h"

/* In the place of an attribute's function: the application gave none, and
 * should have. */
#define FRONT_NO_FN ((void *)-1L)

/* In and out of an attribute copy callback. */
struct front_copy {
	void *value; /* in: the old attribute; out: the new one */
	int flag;    /* out: copy it */
	int kind;    /* in: enum desc_kind of the object */
	int lang;    /* in: 0 C, 1 Fortran integer, 2 Fortran address */
};

struct front_shims {
	const char *abi; /* "mpich" or "openmpi" */
	/* inout = fn(in, inout) on n elements; large: fn is an MPI_Op_create_c
	 * function. */
	void (*op)(void *fn, void *in, void *inout, int64_t n,
		   seam_datatype type, int large);
	/* kind: enum desc_kind of the object whose seam handle is given.
	 * Returns what the failed call is to return: what the handler has left
	 * in its code; 0 where its language sees none (MPICH's C++). */
	int (*errhandler)(void *fn, void *handle, int kind, int error);
	/* Both return a seam error code. kind_lang: kind | lang << 8. */
	int (*copy)(void *fn, void *handle, int keyval, void *extra,
		    struct front_copy *io);
	int (*del)(void *fn, void *handle, int keyval, void *value, void *extra,
		   int kind_lang);
	/* Generalized requests, of C or of Fortran; seam error codes. */
	int (*grequest_query)(void *fn, void *extra, struct seam_status *s,
			      int fortran);
	int (*grequest_free)(void *fn, void *extra, int fortran);
	int (*grequest_cancel)(void *fn, void *extra, int complete,
			       int fortran);
};

/* Where the back keeps what register_front() gave it. */
#define PART_FRONT 15
/* void (int code, enum leave), which ends the process as the program's MPI
 * library does, if that is by exit() (back/core/leave.h); NULL in images that
 * do not know of it. */
#define PART_EXIT 14
/* The release of the library that the program was built for, in steps that
 * early.tbl tells apart: 1, 2 from MPICH 4.2 and Open MPI 5 on, 3 from MPICH 5
 * and Open MPI 6 on; NULL in images that do not know of it. */
#define PART_RELEASE 13
enum leave { LEAVE_AT_ONCE, LEAVE_FLUSHED, LEAVE_FLUSH /* and return */ };
#define FRONT ((const struct front_shims *)KEEP_MPI->part[PART_FRONT])

#endif
