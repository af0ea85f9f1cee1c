/* SPDX-License-Identifier: MIT */
/* comm_dup.c - duplication of communicators, blocking and not
 *
 * Attributes are copied here, not by the native library: its communicators have
 * none.
 */
#include "comm.h"
#include "../p2p/request.h"
#include "../core/rows.h"
#include "build/gen/back.h"

/* The rest of a duplication: info, which is not the parent's, topology,
 * attributes. Callbacks may call collectives, which are part of this one then.
 */
static int dup_finish(struct desc_comm *p, struct desc_comm *c,
		      struct desc *info)
{
	int rc;

	rc = topo_dup(p, c);
	if (!rc)
		rc = comm_given(c, info);
	return rc ? rc : attr_copy_all(&p->d, &c->d);
}

/* A native code. info: SEAM_INFO_NULL for none. */
static int dup_native(struct desc_comm *p, seam_info info, MPI_Comm *n)
{
	MPI_Info hints = native_hints(desc_of(info, DESC_INFO));
	int rc;

	if (hints == MPI_INFO_NULL)
		return MPI_Comm_dup(NATIVE(MPI_Comm, p), n);
	rc = MPI_Comm_dup_with_info(NATIVE(MPI_Comm, p), hints, n);
	native_info_free(&hints);
	return rc;
}

int comm_dup(seam_comm comm, seam_info info, seam_comm *newcomm, const char *fn)
{
	struct desc_comm *p, *c = NULL;
	MPI_Comm n = (MPI_Comm)0;
	int rc = 0;

	if (info_bad(info))
		return ASK(SEAM_ERR_INFO);
	p = comm_enter(comm, &rc);
	if (!p)
		return rc;
	rc = dup_native(p, info, &n);
	rc = rc ? err_from_native(rc) : comm_wrap(n, p, COMM_DUP, fn, &c);
	if (!rc)
		rc = dup_finish(p, c, desc_of(info, DESC_INFO));
	coll_leave();
	return comm_result(p, rc, c, n, newcomm, fn);
}

/* A native code; MPI 3 has no duplication with info that does not block. */
static int idup_native(struct desc_comm *p, struct desc *info,
		       struct desc_comm *c, MPI_Request *req)
{
	MPI_Comm *n = (MPI_Comm *)&c->coming;
#if MPI_VERSION >= 4
	MPI_Info hints = native_hints(info);
	int rc;

	if (hints != MPI_INFO_NULL) {
		rc = MPI_Comm_idup_with_info(NATIVE(MPI_Comm, p), hints, n,
					     req);
		native_info_free(&hints);
		return rc;
	}
#endif
	(void)info;
	return MPI_Comm_idup(NATIVE(MPI_Comm, p), n, req);
}

/*
 * The native library writes the new handle when it likes, at the latest when
 * the duplication is over: into the descriptor, which the request holds. All
 * that can fail here comes before it begins. A checkpoint waits for its end.
 */
static int idup_start(struct desc_comm *p, struct desc *info,
		      struct desc_comm *c, seam_request *request)
{
	struct desc_request *r = request_new(REQUEST_IDUP);
	MPI_Request req = MPI_REQUEST_NULL;
	int rc;

	if (!r)
		return SEAM_ERR_NO_MEM;
	rc = idup_native(p, info, c, &req);
	if (rc) {
		request_free(r);
		return err_from_native(rc);
	}
	desc_ref(c);
	r->temp = c;
	request_set_native(r, req);
	*request = (seam_request)r;
	return 0;
}

void comm_arrived(struct desc_comm *c)
{
	if ((MPI_Comm)(uintptr_t)c->coming != MPI_COMM_NULL)
		c->d.real = c->coming;
}

int comm_idup(seam_comm comm, seam_info h, seam_comm *newcomm,
	      seam_request *request, const char *fn)
{
	struct desc *info = desc_of(h, DESC_INFO);
	struct desc_comm *p, *c = NULL;
	int rc = 0;

	if (info_bad(h))
		return ASK(SEAM_ERR_INFO);
	p = comm_enter(comm, &rc);
	if (!p)
		return rc;
	rc = comm_wrap(MPI_COMM_NULL, p, COMM_DUP, fn, &c);
	if (!rc)
		rc = dup_finish(p, c, info);
	if (!rc)
		rc = idup_start(p, info, c, request);
	coll_leave();
	return comm_result(p, rc, c, MPI_COMM_NULL, newcomm, fn);
}
