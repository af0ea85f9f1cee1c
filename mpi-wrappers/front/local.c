/* SPDX-License-Identifier: MIT */
/* local.c - communicators, groups and the environment, answered on the spot
 *
 * From descriptors, without crossing. Calls with wrong arguments cross, so that
 * the native library judges them. These crossings are functions of their own
 * (ask_X, generated), which keeps their registers out of the functions here.
 */
#include <time.h>
#include "front.h"

#define COMM(h)	 desc_of(in_comm(h), DESC_COMM)
#define GROUP(h) desc_of(in_group(h), DESC_GROUP)

/* Open MPI lets these be called at any time. */
#ifdef MPICH_VERSION
#define ONLY_MPICH_OPEN() FRONT_OPEN()
#else
#define ONLY_MPICH_OPEN() ((void)0)
#endif

int PMPI_Comm_rank(MPI_Comm comm, int *rank)
{
	const struct desc_comm *c = COMM(comm);

	if (unlikely(!c || !rank))
		return ask_Comm_rank(comm, rank);
	*rank = c->rank;
	return MPI_SUCCESS;
}

int PMPI_Comm_size(MPI_Comm comm, int *size)
{
	const struct desc_comm *c = COMM(comm);

	if (unlikely(!c || !size))
		return ask_Comm_size(comm, size);
	*size = c->size;
	return MPI_SUCCESS;
}

int PMPI_Comm_remote_size(MPI_Comm comm, int *size)
{
	const struct desc_comm *c = COMM(comm);

	if (!c || !size || !c->remote_size)
		return ask_Comm_remote_size(comm, size);
	*size = c->remote_size;
	return MPI_SUCCESS;
}

int PMPI_Comm_test_inter(MPI_Comm comm, int *flag)
{
	const struct desc_comm *c = COMM(comm);

	if (!c || !flag)
		return ask_Comm_test_inter(comm, flag);
	*flag = c->remote_size > 0;
	return MPI_SUCCESS;
}

int PMPI_Topo_test(MPI_Comm comm, int *status)
{
	const struct desc_comm *c = COMM(comm);

	if (!c || !status)
		return ask_Topo_test(comm, status);
	*status = c->topo ? real_topo(c->topo->kind) : MPI_UNDEFINED;
	return MPI_SUCCESS;
}

int PMPI_Cartdim_get(MPI_Comm comm, int *ndims)
{
	const struct desc_comm *c = COMM(comm);

	if (!c || !ndims || !c->topo || c->topo->kind != SEAM_CART)
		return ask_Cartdim_get(comm, ndims);
	*ndims = c->topo->n;
	return MPI_SUCCESS;
}

int PMPI_Group_rank(MPI_Group group, int *rank)
{
	const struct desc_group *g = GROUP(group);

	if (!g || !rank)
		return ask_Group_rank(group, rank);
	*rank = g->rank; /* MPI_UNDEFINED is the same everywhere */
	return MPI_SUCCESS;
}

int PMPI_Group_size(MPI_Group group, int *size)
{
	const struct desc_group *g = GROUP(group);

	if (!g || !size)
		return ask_Group_size(group, size);
	*size = g->size;
	return MPI_SUCCESS;
}

int PMPI_Op_commutative(MPI_Op op, int *commute)
{
	const struct desc_op *o = desc_of(in_op(op), DESC_OP);

	if (!o || !commute)
		return ask_Op_commutative(op, commute);
	*commute = o->commute;
	return MPI_SUCCESS;
}

int PMPI_Initialized(int *flag)
{
	if (!flag)
		return ask_Initialized(flag);
	*flag = KEEP_MPI->phase != BACK_BEFORE_INIT;
	return MPI_SUCCESS;
}

int PMPI_Finalized(int *flag)
{
	if (!flag)
		return ask_Finalized(flag);
	*flag = KEEP_MPI->phase == BACK_FINALIZED;
	return MPI_SUCCESS;
}

int PMPI_Query_thread(int *provided)
{
	FRONT_OPEN();
	if (!provided)
		return ask_Query_thread(provided);
	*provided = real_tlevel(KEEP_MPI->thread_level);
	return MPI_SUCCESS;
}

int PMPI_Get_version(int *version, int *subversion)
{
	if (!version || !subversion)
		return ask_Get_version(version, subversion);
	*version = MPI_VERSION;
	*subversion = MPI_SUBVERSION;
	return MPI_SUCCESS;
}

int PMPI_Pcontrol(const int level, ...)
{
	(void)level;
	FRONT_OPEN();
	return MPI_SUCCESS;
}

/* Both real libraries read CLOCK_MONOTONIC; wtime_shift joins incarnations. */
double PMPI_Wtime(void)
{
	int (*now)(int, struct timespec *) =
		(int (*)(int, struct timespec *))GATE->vdso[VDSO_CLOCK_GETTIME];
	struct timespec ts;

	ONLY_MPICH_OPEN();
	if (likely(now != NULL))
		now(CLOCK_MONOTONIC, &ts);
	else
		raw_syscall2(SYS_clock_gettime, CLOCK_MONOTONIC, (long)&ts);
	return (double)ts.tv_sec + 1e-9 * (double)ts.tv_nsec +
	       KEEP_MPI->wtime_shift;
}

double PMPI_Wtick(void)
{
	ONLY_MPICH_OPEN();
	return 1e-9;
}

/* In parentheses: Open MPI has macros of these names. */
EXPORT MPI_Aint(PMPI_Aint_add)(MPI_Aint base, MPI_Aint disp);
EXPORT MPI_Aint(PMPI_Aint_diff)(MPI_Aint addr1, MPI_Aint addr2);

MPI_Aint(PMPI_Aint_add)(MPI_Aint base, MPI_Aint disp)
{
	ONLY_MPICH_OPEN();
	return base + disp;
}

MPI_Aint(PMPI_Aint_diff)(MPI_Aint addr1, MPI_Aint addr2)
{
	ONLY_MPICH_OPEN();
	return addr1 - addr2;
}

int PMPI_Get_address(const void *location, MPI_Aint *address)
{
	FRONT_OPEN();
	if (unlikely(!address))
		return ask_Get_address(location, address);
	*address = (MPI_Aint)location;
	return MPI_SUCCESS;
}
