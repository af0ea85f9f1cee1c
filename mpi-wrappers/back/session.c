/* SPDX-License-Identifier: MIT */
/* session.c - communicators and groups made without a parent communicator
 *
 * Passed through; what they make lets no checkpoint pass. Groups need
 * MPI_COMM_WORLD to name their members, so MPI_Init must have been called.
 */
#include "regular.h"
#include "build/gen/back.h"

#if MPI_VERSION >= 4

int back_Group_from_session_pset(seam_session session, const char *pset_name,
				 seam_group *newgroup)
{
	static const char fn[] = "MPI_Group_from_session_pset";
	struct desc *s = desc_of(session, DESC_SESSION);
	MPI_Group g;
	int rc;

	if (back_phase() == BACK_BEFORE_INIT)
		return back_raise(s, SEAM_ERR_UNSUPPORTED_OPERATION, fn);
	rc = MPI_Group_from_session_pset(real_session(session), pset_name, &g);
	if (rc)
		return regular_end(rc, s, fn);
	rc = group_from_native(g, newgroup);
	MPI_Group_free(&g);
	return back_raise(s, rc, fn);
}

/* The new communicator, its handler, its handle. */
static int from_groups(int rc, MPI_Comm n, seam_errhandler errhandler,
		       seam_comm *out, const char *fn)
{
	if (rc)
		return regular_end(rc, NULL, fn);
	rc = comm_from_native(n, fn, out);
	if (!rc && errhandler != SEAM_ERRHANDLER_NULL)
		rc = handler_set(desc_of(*out, DESC_COMM), SEAM_ERR_COMM,
				 errhandler, fn);
	return rc;
}

int back_Comm_create_from_group(seam_group group, const char *stringtag,
				seam_info info, seam_errhandler errhandler,
				seam_comm *newcomm)
{
	MPI_Comm n = MPI_COMM_NULL;
	MPI_Info i = native_info(info);
	int rc;

	rc = MPI_Comm_create_from_group(real_group(group), stringtag, i,
					MPI_ERRORS_RETURN, &n);
	native_info_free(&i);
	return from_groups(rc, n, errhandler, newcomm,
			   "MPI_Comm_create_from_group");
}

int back_Intercomm_create_from_groups(seam_group local_group, int local_leader,
				      seam_group remote_group,
				      int remote_leader, const char *stringtag,
				      seam_info info,
				      seam_errhandler errhandler,
				      seam_comm *newintercomm)
{
	MPI_Comm n = MPI_COMM_NULL;
	MPI_Info i = native_info(info);
	int rc;

	rc = MPI_Intercomm_create_from_groups(
		real_group(local_group), local_leader, real_group(remote_group),
		remote_leader, stringtag, i, MPI_ERRORS_RETURN, &n);
	native_info_free(&i);
	return from_groups(rc, n, errhandler, newintercomm,
			   "MPI_Intercomm_create_from_groups");
}

#else

int back_Group_from_session_pset(seam_session session, const char *pset_name,
				 seam_group *newgroup)
{
	(void)session;
	(void)pset_name;
	(void)newgroup;
	return regular_missing("MPI_Group_from_session_pset");
}

int back_Comm_create_from_group(seam_group group, const char *stringtag,
				seam_info info, seam_errhandler errhandler,
				seam_comm *newcomm)
{
	(void)group;
	(void)stringtag;
	(void)info;
	(void)errhandler;
	(void)newcomm;
	return regular_missing("MPI_Comm_create_from_group");
}

int back_Intercomm_create_from_groups(seam_group local_group, int local_leader,
				      seam_group remote_group,
				      int remote_leader, const char *stringtag,
				      seam_info info,
				      seam_errhandler errhandler,
				      seam_comm *newintercomm)
{
	(void)local_group;
	(void)local_leader;
	(void)remote_group;
	(void)remote_leader;
	(void)stringtag;
	(void)info;
	(void)errhandler;
	(void)newintercomm;
	return regular_missing("MPI_Intercomm_create_from_groups");
}

#endif
