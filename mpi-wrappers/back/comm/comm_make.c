/* SPDX-License-Identifier: MIT */
/* comm_make.c - communicators whose members no communicator names
 *
 * Those that are collective over one follow from their rows (gen_comm.py).
 * GATE_AGAIN leaves nothing behind: the call is made again from the start.
 */
#include <stdlib.h>
#include <string.h>
#include "comm.h"
#include "../p2p/request.h"
#include "build/gen/ask.h"
#include "../../conv.h"

/*
 * What is collective over members that no communicator names has a clock of
 * its own, found by (members, tag). It stays for good, because its count tells
 * apart two communicators of the same members and tag.
 */
static struct coll_clock *named_clock(const struct desc_comm *members, int tag,
				      enum comm_kind kind)
{
	static const uint64_t none[2];
	struct coll_clock *k;
	uint64_t id[2];

	comm_identify(id, members, none, (uint32_t)tag, kind);
	k = clock_find(id);
	if (k)
		return k;
	k = keep_alloc(sizeof(*k));
	if (!k)
		return NULL;
	memcpy(k->id, id, sizeof(id));
	k->members = comm_processes(members);
	clock_add(k);
	return k;
}

/*
 * MPICH finds a communicator's ranks through its group, which it makes when
 * MPI_Comm_group first asks for it; its MPI_Comm_create_group follows a null
 * pointer where nobody has. The program's question is answered here, so it is
 * asked once more for each communicator that a group is taken from.
 */
static int create_group(struct desc_comm *p, seam_group group, int tag,
			MPI_Comm *n)
{
	MPI_Group all;
	int rc = MPI_Comm_group(NATIVE(MPI_Comm, p), &all);

	if (rc)
		return rc;
	MPI_Group_free(&all);
	return MPI_Comm_create_group(NATIVE(MPI_Comm, p), real_group(group),
				     tag, n);
}

int back_Comm_create_group(seam_comm comm, seam_group group, int tag,
			   seam_comm *newcomm)
{
	static const char fn[] = "MPI_Comm_create_group";
	struct desc_group *g = desc_of(group, DESC_GROUP);
	struct desc_comm probe = { 0 }, *p = comm_usable(comm), *c = NULL;
	MPI_Comm n = (MPI_Comm)0;
	struct coll_clock *k;
	int rc;

	if (!p)
		return ASK(SEAM_ERR_COMM);
	if (!g) { /* Open MPI: its own, no communicator */
		rc = ask_Comm_create_group(comm, group, tag, newcomm,
					   ASK(SEAM_SUCCESS));
		if (!rc)
			*newcomm = SEAM_COMM_NULL;
		return rc;
	}
	if (g->rank < 0) { /* not a member: nothing happens */
		*newcomm = SEAM_COMM_NULL;
		return 0;
	}
	probe.size = g->size;
	probe.world = g->world;
	k = named_clock(&probe, tag, COMM_CREATE_GROUP);
	if (!k)
		return back_raise(&p->d, SEAM_ERR_NO_MEM, fn);
	rc = coll_enter(k);
	if (rc)
		return rc;
	rc = create_group(p, group, tag, &n);
	rc = rc ? err_from_native(rc) :
		  comm_wrap_on(k, n, p, COMM_CREATE_GROUP, fn, &c);
	coll_leave();
	return comm_result(p, rc, c, n, newcomm, fn);
}

/* The two sides' parents differ: count by (members of both, tag). */
static int inter_identify(struct desc_comm *c, int tag)
{
	struct coll_clock *k = named_clock(c, tag, COMM_INTER);

	if (!k)
		return SEAM_ERR_NO_MEM;
	comm_identify(c->clock.id, c, k->id, k->children++, COMM_INTER);
	return 0;
}

/* A communicator of one rank has no clock, but its leader waits for the other:
 * the two have one of their own. That of p where there is no need; NULL: no
 * memory. */
static struct coll_clock *inter_clock(struct desc_comm *p, seam_comm peer_comm,
				      int remote_leader, int tag)
{
	const struct desc_comm *peer = comm_of(peer_comm);
	int there = peer ? comm_world_rank(peer, remote_leader) : -1;
	int here = KEEP_MPI->rank, two[2] = { here, there };
	struct desc_comm probe = { .size = 2, .world = two };

	if (p->clock.members > 1 || there < 0 || there == here)
		return &p->clock;
	if (there < here) {
		two[0] = there;
		two[1] = here;
	}
	return named_clock(&probe, tag, COMM_LEADERS);
}

int back_Intercomm_create(seam_comm local_comm, int local_leader,
			  seam_comm peer_comm, int remote_leader, int tag,
			  seam_comm *newintercomm)
{
	static const char fn[] = "MPI_Intercomm_create";
	MPI_Comm n = (MPI_Comm)0;
	struct desc_comm *p = comm_usable(local_comm), *c = NULL;
	struct coll_clock *clock;
	int rc;

	if (!p)
		return ASK(SEAM_ERR_COMM);
	clock = inter_clock(p, peer_comm, remote_leader, tag);
	if (!clock)
		return back_raise(&p->d, SEAM_ERR_NO_MEM, fn);
	rc = coll_enter(clock);
	if (rc)
		return rc;
	rc = MPI_Intercomm_create(NATIVE(MPI_Comm, p), local_leader,
				  real_comm(peer_comm), remote_leader, tag, &n);
	rc = rc ? err_from_native(rc) : comm_wrap(n, p, COMM_INTER, fn, &c);
	if (c)
		rc = inter_identify(c, tag);
	coll_leave();
	return comm_result(p, rc, c, n, newintercomm, fn);
}
