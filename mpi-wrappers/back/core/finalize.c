/* SPDX-License-Identifier: MIT */
/* finalize.c - MPI_Finalize, and the end of the native library
 *
 * The application's MPI_Finalize leaves the native library up: others may still
 * need this rank for a checkpoint. It is closed down when the process ends.
 *
 * The attributes of MPI_COMM_SELF are deleted first, then MPI_COMM_WORLD's;
 * then it is as in the library that the program was built for. With Open MPI,
 * MPI is finalized already for the callbacks of MPI_COMM_WORLD, and version 6
 * makes none; MPICH goes on to its own datatypes. Windows' and others'
 * attributes are left, in both.
 */
#include <dlfcn.h>
#include <link.h>
#include "../../../common/back.h"
#include "build/gen/back.h"
#include "../agent/clock.h"
#include "closed.h"
#include "init.h"
#include "native.h"
#include "../p2p/native_test.h"
#include "../p2p/request.h"

/* Those of the program's MPICH's own datatypes; pairs of two kinds are not
 * among them. Returns whether there are any. */
static int types_each(void (*use)(struct desc *d))
{
	struct desc *d;
	int found = 0;

	for (d = KEEP_MPI->live[DESC_TYPE]; d; d = d->next) {
		if (!((struct desc_type *)d)->attrs || !desc_is_fixed(d) ||
		    (d->seam >= (void *)SEAM_FLOAT_INT &&
		     d->seam <= (void *)SEAM_LONG_DOUBLE_INT &&
		     d->seam != SEAM_2INT))
			continue;
		found = 1;
		if (use)
			use(d);
	}
	return found;
}

static void type_delete(struct desc *d)
{
	attr_delete_all(d);
}

/* A seam code: MPICH gives back what the callbacks of MPI_COMM_SELF or
 * MPI_COMM_WORLD say, and leaves the others; Open MPI does not listen. */
static int attributes_delete(struct desc_comm *self, struct desc_comm *world)
{
	int rc = attr_delete_all(&self->d);

	if (front_openmpi()) {
		KEEP_MPI->phase = BACK_FINALIZED;
		if (front_release() < 3)
			attr_delete_all(&world->d);
		return 0;
	}
	if (!rc)
		rc = attr_delete_all(&world->d);
	if (!rc)
		types_each(type_delete);
	return rc;
}

/*
 * Without callbacks nothing is collective about it: the native library stays.
 * Callbacks may call collectives (mpi4py frees its communicators in one), so
 * with them all ranks come in before a checkpoint, or none.
 */
int back_Finalize(void)
{
	struct desc_comm *self, *world;
	int rc = 0, calls;

	if (KEEP_MPI->phase != BACK_ACTIVE)
		return back_raise(NULL, SEAM_ERR_OTHER, "MPI_Finalize");
	self = desc_of(SEAM_COMM_SELF, DESC_COMM);
	world = desc_of(SEAM_COMM_WORLD, DESC_COMM);
	calls = self->attrs || world->attrs || types_each(NULL);
	if (calls)
		rc = coll_enter(&world->clock);
	if (rc)
		return rc;
	rc = attributes_delete(self, world);
	if (calls)
		coll_leave();
	if (rc)
		return back_raise(NULL, rc, "MPI_Finalize");
	KEEP_MPI->phase = BACK_FINALIZED;
	KEEP_MPI->open = KEEP_MPI->sessions > 0;
	closed_update();
	return 0;
}

int back_must_finish(void)
{
	return KEEP_MPI->phase == BACK_FINALIZED;
}

int back_finish_step(void)
{
	static MPI_Request all = MPI_REQUEST_NULL;
	static int begun;
	int flag = 0;

	if (!begun && MPI_Ibarrier(finish_comm, &all))
		return 1; /* broken: nothing to wait for */
	begun = 1;
	return MPI_Test(&all, &flag, MPI_STATUS_IGNORE) || flag;
}

void back_finish(void)
{
	if (init_up) {
		init_up = 0;
		native_reap();
		drain_settle();
	}
	MPI_Finalize();
	session_let_go();
}

/*
 * From 4.2 on, MPICH tells its launcher at exit(3) that the rank has finished,
 * and the launcher kills the other ranks when one ends without that; the lower
 * half's C library never comes to exit(3). These are the destructors of
 * MPICH's file alone, the last first (System V gABI, chapter 5, "Initialization
 * and Termination Functions"); they run once, and do nothing for a rank that
 * has not finished.
 */
void back_exit(void)
{
#if defined(MPICH_NUMVERSION) && MPICH_NUMVERSION >= 40200000
	void (**fini)(void) = NULL;
	struct link_map *map = NULL;
	const ElfW(Dyn) *d;
	size_t n = 0;
	Dl_info info;

	if (!dladdr1((void *)MPI_Finalize, &info, (void **)&map,
		     RTLD_DL_LINKMAP) ||
	    !map)
		return;
	for (d = map->l_ld; d->d_tag != DT_NULL; d++) {
		if (d->d_tag == DT_FINI_ARRAY)
			fini = (void *)(map->l_addr + d->d_un.d_ptr);
		if (d->d_tag == DT_FINI_ARRAYSZ)
			n = d->d_un.d_val / sizeof(*fini);
	}
	while (fini && n)
		fini[--n]();
#endif
}
