/* SPDX-License-Identifier: MIT */
/* comm_query.c - what a communicator's descriptor answers by itself */
#include <string.h>
#include "comm.h"
#include "build/gen/back.h"

int back_Comm_compare(seam_comm comm1, seam_comm comm2, int *result)
{
	struct desc_comm *a = comm_usable(comm1), *b = comm_usable(comm2);
	int local, remote = SEAM_IDENT;

	if (!a || !b)
		return ASK(SEAM_ERR_COMM);
	if (a == b) {
		*result = SEAM_IDENT;
		return 0;
	}
	if (!a->remote_size != !b->remote_size) {
		*result = SEAM_UNEQUAL;
		return 0;
	}
	local = group_compare(a->world, a->size, b->world, b->size);
	if (a->remote_size)
		remote = group_compare(a->remote, a->remote_size, b->remote,
				       b->remote_size);
	if (local == SEAM_UNEQUAL || remote == SEAM_UNEQUAL)
		*result = SEAM_UNEQUAL;
	else if (local == SEAM_SIMILAR || remote == SEAM_SIMILAR)
		*result = SEAM_SIMILAR;
	else
		*result = SEAM_CONGRUENT;
	return 0;
}

int back_Comm_group(seam_comm comm, seam_group *group)
{
	static const char fn[] = "MPI_Comm_group";
	struct desc_comm *c = comm_usable(comm);
	int rc;

	if (!c)
		return ASK(SEAM_ERR_COMM);
	rc = group_make(c->world, c->size, fn, group);
	return rc ? back_raise(&c->d, rc, fn) : 0;
}

int back_Comm_remote_group(seam_comm comm, seam_group *group)
{
	static const char fn[] = "MPI_Comm_remote_group";
	struct desc_comm *c = comm_usable(comm);
	MPI_Group g;
	int rc;

	if (!c)
		return ASK(SEAM_ERR_COMM);
	if (!c->remote_size) { /* MPICH has an answer */
		rc = MPI_Comm_remote_group(NATIVE(MPI_Comm, c), &g);
		if (rc)
			return comm_rc(c, rc, fn);
		rc = group_from_native(g, group);
		MPI_Group_free(&g);
		return rc ? back_raise(&c->d, rc, fn) : 0;
	}
	rc = group_make(c->remote, c->remote_size, fn, group);
	return rc ? back_raise(&c->d, rc, fn) : 0;
}

/* Made once: the same handle each time. */
int back_Comm_get_parent(seam_comm *parent)
{
	static const char fn[] = "MPI_Comm_get_parent";
	MPI_Comm n = MPI_COMM_NULL;
	int rc;

	if (!OBJECTS->parent) {
		rc = MPI_Comm_get_parent(&n);
		if (!rc && n != MPI_COMM_NULL) {
			rc = comm_from_native(n, "MPI_Comm_spawn", parent);
			OBJECTS->parent = rc ? NULL : (struct desc *)*parent;
			return rc ? back_raise(NULL, rc, fn) : 0;
		}
		*parent = SEAM_COMM_NULL;
		return rc ? back_raise(NULL, err_from_native(rc), fn) : 0;
	}
	*parent =
		OBJECTS->parent->freed ? SEAM_COMM_NULL : OBJECTS->parent->seam;
	return 0;
}
