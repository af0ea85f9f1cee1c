/* SPDX-License-Identifier: MIT */
/* comm_rebuild.c - a communicator is made again at a restart
 *
 * All of its members do this at the same time, and nobody else (rebuild.c).
 */
#include "comm.h"
#include "../object/kind.h"
#include "../object/told.h"

static int is_world(const struct desc_comm *c)
{
	int i;

	for (i = 0; i < c->size && c->world[i] == i; i++)
		;
	return i == KEEP_MPI->size;
}

/* An intracommunicator of the local members. Returns a native code. */
static int make_local(const struct desc_comm *c, int tag, MPI_Comm *out)
{
	MPI_Group g;
	int rc;

	if (c->size == 1)
		return MPI_Comm_dup(MPI_COMM_SELF, out);
	if (is_world(c))
		return MPI_Comm_dup(MPI_COMM_WORLD, out);
	rc = MPI_Group_incl(world_group(), c->size, c->world, &g);
	if (rc)
		return rc;
	rc = MPI_Comm_create_group(MPI_COMM_WORLD, g, tag, out);
	MPI_Group_free(&g);
	return rc;
}

int comm_rebuild(struct desc *d)
{
	struct desc_comm *c = (struct desc_comm *)d;
	int tag = c->clock.id[0] & 0x3fff, rc, rank;
	MPI_Comm base, n;

	rc = make_local(c, tag, &base);
	if (rc)
		return rc;
	n = base;
	MPI_Comm_set_errhandler(base, told_handler(DESC_COMM));
	if (c->remote_size)
		rc = MPI_Intercomm_create(base, 0, MPI_COMM_WORLD, c->remote[0],
					  tag, &n);
	else if (c->topo)
		rc = topo_rebuild(c, base, &n);
	if (n != base)
		MPI_Comm_free(&base);
	if (!rc)
		rc = hints_rebuild(c, &n);
	if (!rc)
		rc = MPI_Comm_set_errhandler(n, told_handler(DESC_COMM));
	if (!rc)
		rc = MPI_Comm_rank(n, &rank);
	if (!rc && rank != c->rank)
		rc = MPI_ERR_INTERN;
	c->d.real = rc ? 0 : AS_REAL(n);
	return rc;
}
