/* SPDX-License-Identifier: MIT */
/* persist.c - persistent sends and receives, and posting again at restart
 *
 * A persistent request holds its arguments. Native ones are remade at restart
 * from them; an active receive is started again, in the order of all receives
 * (the live list), an active send was completed by the drain.
 */
#include <errno.h>
#include <stdlib.h>
#include "build/gen/ask.h"
#include "p2p.h"
#include "../core/rows.h"
#include "../object/told.h"

static int persist_native(struct desc_request *r, MPI_Datatype type)
{
	static int (*const init[])(const void *, int, MPI_Datatype, int, int,
				   MPI_Comm, MPI_Request *) = {
		[SEND_STANDARD] = MPI_Send_init,
		[SEND_SYNC] = MPI_Ssend_init,
		[SEND_BUFFERED] = MPI_Bsend_init,
		[SEND_READY] = MPI_Rsend_init,
	};
	MPI_Comm c = NATIVE(MPI_Comm, r->comm);
	int peer = real_rank(r->peer), tag = real_tag(r->tag);
	MPI_Request n = MPI_REQUEST_NULL;
	struct fit f;
	int rc = p2p_fit(&f, r->count, type);

	if (rc)
		return rc;
	if (r->kind == REQUEST_RECV)
		rc = MPI_Recv_init(r->buf, f.count, f.type, peer, tag, c, &n);
	else
		rc = init[r->mode](r->buf, f.count, f.type, peer, tag, c, &n);
	p2p_unfit(&f);
	request_set_native(r, n);
	return rc;
}

int persist_new(int kind, int mode, const void *buf, int64_t count,
		seam_datatype dt, int peer, int tag, seam_comm comm,
		seam_request *h, const char *fn)
{
	struct desc_comm *c = desc_of(comm, DESC_COMM);
	struct desc_type *type = desc_of(dt, DESC_TYPE);
	struct desc_request *r;
	int rc;

	if (!c)
		return ASK(SEAM_ERR_COMM);
	r = request_new((enum request_kind)kind);
	if (!r)
		return back_raise(&c->d, SEAM_ERR_NO_MEM, fn);
	/* MPICH may take none at all: 0 bytes. */
	request_args(r, (void *)(uintptr_t)buf, count,
		     type ? type : p2p_bytes(), peer, tag, c);
	r->mode = mode;
	r->persistent = 1;
	r->world = peer_world(c, peer);
	rc = persist_native(r, real_type(dt));
	if (rc) {
		request_free(r);
		return back_raise(&c->d, err_from_native(rc), fn);
	}
	*h = (seam_request)r;
	return 0;
}

/* The live list is the order of posting: a started one goes to its end. */
static int persist_start(struct desc_request *r)
{
	struct drained *m;
	MPI_Request n;
	int rc;

	if (!r->persistent)
		return ASK(SEAM_ERR_REQUEST);
	if (r->active) /* Open MPI would make another one */
		return SEAM_ERR_REQUEST;
	request_last(r);
	if (r->kind == REQUEST_RECV && r->comm->drained) {
		m = drained_find(r->comm, r->peer, r->tag, 1);
		if (m) {
			request_deliver(r, m);
			return 0;
		}
	}
	n = request_native(r);
	rc = MPI_Start(&n);
	if (rc)
		return err_from_native(rc);
	request_set_native(r, n);
	r->active = 1;
	r->done = 0;
	r->error = 0;
	if (r->kind == REQUEST_SEND)
		count_world(KEEP_MPI->sent, r->world, 1);
	return 0;
}

int back_Start(seam_request *request)
{
	struct desc_request *r = request ? request_of(*request) : NULL;
	int rc = r ? persist_start(r) : ASK(SEAM_ERR_REQUEST);

	if (is_ask(rc))
		return ask_Start(request, rc);
	return rc ? back_raise(request_object(r), rc, "MPI_Start") : 0;
}

int back_Startall(int count, seam_request array_of_requests[])
{
	struct desc_request *r;
	int i, rc = 0;

	if (count < 0 || (count && !array_of_requests))
		rc = ASK(SEAM_ERR_ARG);
	for (i = 0; i < count && !rc; i++)
		if (!request_of(array_of_requests[i]))
			rc = ASK(SEAM_ERR_REQUEST);
	for (i = 0; i < count && !rc; i++) {
		r = request_of(array_of_requests[i]);
		rc = persist_start(r);
		if (rc && !is_ask(rc))
			return back_raise(request_object(r), rc,
					  "MPI_Startall");
	}
	return is_ask(rc) ? ask_Startall(count, array_of_requests, rc) : 0;
}

/* A receive nobody has sent to yet is posted again. A native code. */
static int repost(struct desc_request *r)
{
	MPI_Request n = MPI_REQUEST_NULL;
	struct fit f;
	int rc;

	rc = p2p_fit(&f, r->count, NATIVE(MPI_Datatype, r->type));
	if (!rc)
		rc = MPI_Irecv(r->buf, f.count, f.type, real_rank(r->peer),
			       real_tag(r->tag), NATIVE(MPI_Comm, r->comm), &n);
	p2p_unfit(&f);
	request_set_native(r, n);
	return rc;
}

static int rebuild_one(struct desc_request *r)
{
	MPI_Request n;
	int rc;

	request_set_native(r, MPI_REQUEST_NULL);
	if (!r->persistent)
		return r->kind == REQUEST_RECV && !r->done ? repost(r) : 0;
	if (!r->comm->d.real) /* freed, by others too: no use but to be freed */
		return 0;
	rc = persist_native(r, NATIVE(MPI_Datatype, r->type));
	if (rc || !r->active || r->done)
		return rc;
	n = request_native(r);
	rc = MPI_Start(&n);
	request_set_native(r, n);
	return rc;
}

static void drained_forget(struct drained *m)
{
	for (; m; m = m->next)
		m->real = AS_REAL(MPI_REQUEST_NULL);
}

int request_rebuild(void)
{
	struct desc *d;
	int rc = 0;

	drain_restarted();
	for (d = KEEP_MPI->live[DESC_COMM]; d; d = d->next)
		drained_forget(((struct desc_comm *)d)->drained);
	for (d = KEEP_MPI->live[DESC_MESSAGE]; d; d = d->next)
		drained_forget(((struct desc_message *)d)->drained);
	if (P2P->attached)
		rc = buffer_rebuild();
	for (d = KEEP_MPI->live[DESC_REQUEST]; d && !rc; d = d->next)
		rc = rebuild_one((struct desc_request *)d);
	if (!rc)
		return 0;
	lower_error("mana_restart: receives: the MPI library refused to post "
		    "one again (native error %d): restart an older generation",
		    told_code(rc));
	return -EIO;
}
