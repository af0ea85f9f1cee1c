/* SPDX-License-Identifier: MIT */
/* comm_hints.c - infos of communicators
 *
 * The native library says which hints it takes and what has become of them.
 * Kept is what the program has given, so that a restart gives it again: at the
 * making (c->info) and later (c->hints), which Open MPI takes differently.
 * Neither library hands them on to duplicates.
 */
#include <stdlib.h>
#include <string.h>
#include "comm.h"
#include "build/gen/back.h"

/* That there are no wildcards is true of the program, but a drain looks for
 * messages with them: MPICH, which would sort messages by it, is not told. */
static int withheld(const char *key)
{
#ifdef MPICH_VERSION
	return !strcmp(key, "mpi_assert_no_any_tag") ||
	       !strcmp(key, "mpi_assert_no_any_source");
#else
	(void)key;
	return 0;
#endif
}

MPI_Info native_hints(const struct desc *info)
{
	struct desc *copy = NULL; /* others may change it meanwhile */
	const struct desc_info *f;
	MPI_Info n;
	int i;

	if (!info || info_copy(info, &copy))
		return MPI_INFO_NULL;
	n = native_info(copy->seam);
	f = (const struct desc_info *)copy;
	for (i = 0; n != MPI_INFO_NULL && i < f->n; i++)
		if (withheld(f->keys[i]))
			MPI_Info_delete(n, f->keys[i]);
	desc_unref(copy);
	return n;
}

MPI_Info given_hints(seam_info h)
{
	return info_bad(h) ? native_info(h) :
			     native_hints(desc_of(h, DESC_INFO));
}

int comm_given(struct desc_comm *c, const struct desc *info)
{
	return info ? info_copy(info, &c->info) : 0;
}

static int hints_add(struct desc_comm *c, const struct desc *info)
{
	return c->hints ? info_add(c->hints, info) : info_copy(info, &c->hints);
}

int back_Comm_set_info(seam_comm comm, seam_info info)
{
	static const char fn[] = "MPI_Comm_set_info";
	const struct desc *from = desc_of(info, DESC_INFO);
	struct desc_comm *c = comm_usable(comm);
	MPI_Info n;
	int rc;

	if (!c)
		return ASK(SEAM_ERR_COMM);
	if (!from)
		return ASK(SEAM_ERR_INFO);
	n = native_hints(from);
	rc = MPI_Comm_set_info(NATIVE(MPI_Comm, c), n);
	native_info_free(&n);
	rc = rc ? err_from_native(rc) : hints_add(c, from);
	return rc ? back_raise(&c->d, rc, fn) : 0;
}

/* Adds the hints that were withheld, as MPICH would show them: it knows two
 * values, and takes a number for one of them. */
static void withheld_show(struct desc_info *f, const struct desc *given)
{
	struct desc *copy = NULL; /* MPI_Comm_set_info may come meanwhile */
	const struct desc_info *g;
	const char *v;
	int i;

	if (!given || info_copy(given, &copy))
		return;
	g = (const struct desc_info *)copy;
	for (i = 0; i < g->n; i++) {
		if (!withheld(g->keys[i]))
			continue;
		v = g->values[i];
		info_put(f, g->keys[i],
			 !strcmp(v, "true") || atoi(v) ? "true" : "false");
	}
	desc_unref(copy);
}

int back_Comm_get_info(seam_comm comm, seam_info *info_used)
{
	static const char fn[] = "MPI_Comm_get_info";
	MPI_Info n = MPI_INFO_NULL;
	struct desc_comm *c = comm_usable(comm);
	seam_info made = SEAM_INFO_NULL;
	int rc;

	if (!c)
		return ASK(SEAM_ERR_COMM);
	rc = MPI_Comm_get_info(NATIVE(MPI_Comm, c), &n);
	rc = rc ? err_from_native(rc) : info_from_native(n, &made);
	native_info_free(&n);
	if (rc)
		return back_raise(&c->d, rc, fn);
	withheld_show((struct desc_info *)made, c->info);
	withheld_show((struct desc_info *)made, c->hints);
	*info_used = made;
	return 0;
}

int hints_rebuild(const struct desc_comm *c, MPI_Comm *n)
{
	MPI_Info info = native_hints(c->info), hints;
	MPI_Comm with;
	int rc = 0;

	if (info != MPI_INFO_NULL) {
		rc = MPI_Comm_dup_with_info(*n, info, &with);
		native_info_free(&info);
		if (rc)
			return rc;
		MPI_Comm_free(n);
		*n = with;
	}
	hints = native_hints(c->hints);
	if (hints != MPI_INFO_NULL)
		rc = MPI_Comm_set_info(*n, hints);
	native_info_free(&hints);
	return rc;
}
