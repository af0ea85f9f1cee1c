/* SPDX-License-Identifier: MIT */
/* leave.c - the end of a process that MPI ends
 *
 * MPICH does so by exit(): a program counts on what it has given to atexit(),
 * on its destructors, and on output that it has not flushed yet. These are the
 * upper half's C library's, so that is the one which exits.
 */
#include <stdlib.h>
#include "../../../common/back.h"
#include "../../../common/lower.h"
#include "leave.h"
#include "native.h"
#include "../../front_shims.h"

static void tell_above(int code, enum leave how)
{
	void *fn = KEEP_MPI->part[PART_EXIT];

	/* Once: what it calls may bring us here again. */
	if (how != LEAVE_FLUSH)
		KEEP_MPI->part[PART_EXIT] = NULL;
	if (fn)
		lower_upcall(fn, code, how, 0, 0, 0, 0);
}

/* Once started, MPICH flushes what is printed before anything else ends. */
static void exit_above(int code, void *unused)
{
	(void)unused;
	tell_above(code, KEEP_MPI->phase != BACK_BEFORE_INIT ? LEAVE_FLUSHED :
							       LEAVE_AT_ONCE);
}

void leave_process(int code)
{
	exit_above(code, NULL);
	lower_exit(code);
}

void leave_job(MPI_Comm comm, int code)
{
	/* Before others hear of it, and end us. */
	tell_above(code, LEAVE_FLUSH);
	lower_exits(code);
	on_exit(exit_above, NULL);
	MPI_Abort(comm, code);
	leave_process(code);
}
