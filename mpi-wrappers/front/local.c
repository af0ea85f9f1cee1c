/* SPDX-License-Identifier: MIT */
/* local.c - communicators, groups and the environment, answered on the spot
 *
 * From descriptors, without crossing. Calls with wrong arguments cross, so that
 * the native library judges them. These crossings are functions of their own
 * (ask_X, generated), which keeps their registers out of the functions here.
 */
#include <limits.h>
#include <time.h>
#include "front.h"

/* Open MPI lets these be called at any time. */
#ifdef MPICH_VERSION
#define ONLY_MPICH_OPEN() FRONT_OPEN()
#else
#define ONLY_MPICH_OPEN() ((void)0)
#endif

/* Whole elements of the type; MPI_UNDEFINED when there is a rest. */
static inline int64_t count_of(const MPI_Status *status,
			       const struct desc_type *t, int64_t max)
{
	uint64_t n = native_bytes(status), size = (uint64_t)t->size;

	if (size == 0)
		return n ? MPI_UNDEFINED : 0;
	if (n % size || n / size > (uint64_t)max)
		return MPI_UNDEFINED;
	return (int64_t)(n / size);
}

#include "front_local.h"

int PMPI_Query_thread(int *provided)
{
	FRONT_OPEN();
	if (!provided)
		return ask_Query_thread(provided);
	*provided = real_tlevel(KEEP_MPI->thread_level);
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
