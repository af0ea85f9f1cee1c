/* SPDX-License-Identifier: MIT */
/* session.c - sessions, and what is made of them without a parent communicator
 *
 * Passed through: while one lives no checkpoint passes. The first one starts
 * the native library where MPI_Init has not; then the group of all processes
 * names the members of groups, in the place of MPI_COMM_WORLD, which is not
 * there.
 */
#include "../core/regular.h"
#include "../core/closed.h"
#include "comm.h"
#include "../core/init.h"
#include "build/gen/back.h"

#if MPI_VERSION >= 4

static MPI_Group world = MPI_GROUP_NULL; /* while there are sessions */
static MPI_Session last = MPI_SESSION_NULL;

MPI_Group session_world(void)
{
	return world;
}

/*
 * MPI_Init comes while a session is there, which may have started the library.
 * MPICH 4.2 does not survive it if MPI_Finalize ends what a session started;
 * and the native MPI_Finalize comes after all sessions have ended, whatever the
 * order in the program. So one more session outlives it. A native code.
 */
int session_keep(void)
{
	if (!KEEP_MPI->sessions)
		return MPI_SUCCESS;
	return MPI_Session_init(MPI_INFO_NULL, MPI_ERRORS_RETURN, &last);
}

void session_let_go(void)
{
	if (last != MPI_SESSION_NULL)
		MPI_Session_finalize(&last);
}

/* The session's own info says its level. */
static int session_level(MPI_Session s)
{
	static const struct {
		const char *name;
		int level;
	} levels[] = {
		{ "MPI_THREAD_SINGLE", SEAM_THREAD_SINGLE },
		{ "MPI_THREAD_FUNNELED", SEAM_THREAD_FUNNELED },
		{ "MPI_THREAD_SERIALIZED", SEAM_THREAD_SERIALIZED },
	};
	char text[MPI_MAX_INFO_VAL + 1] = "";
	int flag = 0, level = SEAM_THREAD_MULTIPLE;
	MPI_Info info;
	size_t i;

	if (MPI_Session_get_info(s, &info))
		return level;
	MPI_Info_get(info, "thread_level", MPI_MAX_INFO_VAL, text, &flag);
	MPI_Info_free(&info);
	for (i = 0; flag && i < sizeof(levels) / sizeof(levels[0]); i++)
		if (!strcmp(text, levels[i].name))
			level = levels[i].level;
	return level;
}

/* The library is up without MPI_Init: what the lower half itself needs. */
static int session_first(MPI_Session s)
{
	int rank, size, rc;

	rc = MPI_Group_from_session_pset(s, "mpi://WORLD", &world);
	if (!rc)
		rc = MPI_Group_rank(world, &rank);
	if (!rc)
		rc = MPI_Group_size(world, &size);
	if (rc)
		return err_from_native(rc);
	rc = init_root(rank, size, session_level(s));
	if (rc)
		return rc;
	return objects_early() ? SEAM_ERR_NO_MEM : 0;
}

/* The library's start takes all processes, as in MPI_Init. */
static int session_start(MPI_Info info, MPI_Errhandler h, MPI_Session *n)
{
	struct lower_native had;
	int rc;

	lower_native_enter(&had);
	rc = MPI_Session_init(info, h, n);
	lower_native_leave(&had);
	if (!rc)
		rc = MPI_Session_set_errhandler(*n, told_handler(DESC_SESSION));
	return rc ? err_from_native(rc) : session_first(*n);
}

/* Before the first session the predefined ones have no descriptors, and MPICH
 * makes no others. */
static MPI_Errhandler session_handler(seam_errhandler h, int first)
{
	if (first && (h == SEAM_ERRORS_RETURN || h == SEAM_ERRORS_ARE_FATAL ||
		      h == SEAM_ERRORS_ABORT))
		return MPI_ERRORS_RETURN;
	return given_errhandler(h, DESC_SESSION);
}

int back_Session_init(seam_info info, seam_errhandler errhandler,
		      seam_session *session)
{
	static const char fn[] = "MPI_Session_init";
	int first = !init_up && !KEEP_MPI->sessions, rc;
	MPI_Errhandler h = session_handler(errhandler, first);
	MPI_Session n = MPI_SESSION_NULL;
	MPI_Info i;

	rc = first ? coll_enter(clock_of_init()) : 0;
	if (rc)
		return rc;
	i = native_info(info);
	if (first)
		rc = session_start(i, h, &n);
	else
		rc = err_from_native(MPI_Session_init(i, h, &n));
	native_info_free(&i);
	if (!rc)
		rc = regular_made(DESC_SESSION, AS_REAL(n), fn,
				  (void **)session);
	if (first)
		coll_leave();
	if (rc)
		return back_raise(NULL, rc, fn);
	handler_given(*session, errhandler);
	__atomic_fetch_add(&KEEP_MPI->sessions, 1, __ATOMIC_ACQ_REL);
	KEEP_MPI->open = 1;
	closed_update();
	return 0;
}

int back_Session_finalize(seam_session *session)
{
	struct desc *d = desc_of(*session, DESC_SESSION);
	MPI_Session n = real_session(*session);
	int rc;

	if (d && KEEP_MPI->sessions == 1 && world != MPI_GROUP_NULL)
		MPI_Group_free(&world);
	rc = regular_end(MPI_Session_finalize(&n), d, "MPI_Session_finalize");
	if (rc)
		return rc;
	regular_gone((void **)session);
	__atomic_fetch_sub(&KEEP_MPI->sessions, 1, __ATOMIC_ACQ_REL);
	KEEP_MPI->open = KEEP_MPI->sessions || KEEP_MPI->phase == BACK_ACTIVE;
	closed_update();
	return 0;
}

int back_Group_from_session_pset(seam_session session, const char *pset_name,
				 seam_group *newgroup)
{
	static const char fn[] = "MPI_Group_from_session_pset";
	struct desc *s = desc_of(session, DESC_SESSION);
	MPI_Group g = (MPI_Group)0;
	int rc;

	rc = MPI_Group_from_session_pset(real_session(session), pset_name, &g);
	if (rc && g != (MPI_Group)0)
		*newgroup = SEAM_GROUP_NULL;
	if (rc)
		return regular_end(rc, s, fn);
	rc = group_from_native(g, newgroup);
	MPI_Group_free(&g);
	return back_raise(s, rc, fn);
}

#else

MPI_Group session_world(void)
{
	return MPI_GROUP_NULL;
}

int session_keep(void)
{
	return MPI_SUCCESS;
}

void session_let_go(void)
{
}

#endif
