/* SPDX-License-Identifier: MIT */
/* native_test.h - one look at a native request that is not persistent
 *
 * Of point-to-point messages and of collectives: MPICH drives the requests of
 * MPI-IO (a generalized request that somebody must poll) in MPI_Test alone.
 *
 * Blocking receives and waits are a loop of these, so what one costs is what a
 * message costs more than natively.
 *
 * Open MPI: the test calls have a memory barrier between the progress that
 * completes a request and the look at it, 8 ns; its own blocking calls have
 * none. Its developer headers have what those are made of. They are used when
 * the library that runs is the very version they are of (native_test_init).
 */
#ifndef MANA_BACK_NATIVE_TEST_H
#define MANA_BACK_NATIVE_TEST_H

#include "request.h"

/* After native init: may what is behind MPI_Request be looked at? */
void native_test_init(void);

#ifdef MANA_MPICH
/* It may be over already: MPI_Test makes progress in all networks even then,
 * MPI_Request_get_status does not. */
static inline int native_test(MPI_Request *n, int *flag, MPI_Status *st)
{
	int rc = MPI_Request_get_status(*n, flag, MPI_STATUS_IGNORE);

	return *flag ? MPI_Wait(n, st) : rc;
}

/* The last receive that came; its request is not freed until the next one has
 * been posted: the program's answer to what came is what others wait for. */
extern MPI_Request native_spent;

static inline void native_reap(void)
{
	if (native_spent != MPI_REQUEST_NULL)
		MPI_Request_free(&native_spent);
}

/* The same for a receive, after native_reap(): MPI_Request_get_status tells its
 * status and its error as MPI_Wait does, in less time than MPI_Test. */
static inline int native_test_recv(MPI_Request *n, int *flag, MPI_Status *st)
{
	int rc = MPI_Request_get_status(*n, flag, st);

	if (!*flag)
		return rc;
	if (unlikely(rc))
		return MPI_Wait(n, st);
	if (unlikely(p2p_multiple()))
		return MPI_Request_free(n);
	native_spent = *n;
	return MPI_SUCCESS;
}
#else
static inline void native_reap(void)
{
}

/* MPI_Test has two barriers, MPI_Testany one. */
static inline int native_test_call(MPI_Request *n, int *flag, MPI_Status *st)
{
	int i;

	return MPI_Testany(1, n, &i, flag, st);
}

#if __has_include(<ompi/request/request.h>)
#include <ompi_config.h>
#ifndef MCA_threads_mutex_base_include_HEADER
#define NATIVE_TEST_INSIDE
#elif __has_include(MCA_threads_mutex_base_include_HEADER)
#define NATIVE_TEST_INSIDE /* Debian's packages of Open MPI 5 have not all */
#endif
#endif

#ifdef NATIVE_TEST_INSIDE
#include <ompi/request/request.h>

extern void (*native_progress)(void); /* NULL: versions differ */

/* Does what MPI_Wait does with a message that came without an error. */
static inline int native_test(MPI_Request *n, int *flag, MPI_Status *st)
{
	const struct ompi_request_t *r = *n;

	if (unlikely(!native_progress || r->req_type != OMPI_REQUEST_PML ||
		     r->req_state != OMPI_REQUEST_ACTIVE))
		return native_test_call(n, flag, st);
	if (!REQUEST_COMPLETE(r)) {
		native_progress();
		if (!REQUEST_COMPLETE(r)) {
			*flag = 0;
			return MPI_SUCCESS;
		}
	}
	__atomic_thread_fence(__ATOMIC_ACQUIRE); /* another thread's progress */
	if (unlikely(r->req_status.MPI_ERROR != MPI_SUCCESS))
		return native_test_call(n, flag, st);
	*flag = 1;
	if (st != MPI_STATUS_IGNORE)
		*st = r->req_status;
	return ompi_request_free(n);
}
#else
static inline int native_test(MPI_Request *n, int *flag, MPI_Status *st)
{
	return native_test_call(n, flag, st);
}
#endif

static inline int native_test_recv(MPI_Request *n, int *flag, MPI_Status *st)
{
	return native_test(n, flag, st);
}
#endif

#endif
