/* SPDX-License-Identifier: MIT */
/* request.c - request descriptors: made, completed, handed over
 *
 * Descriptors are recycled through a free list in keep memory, newest first:
 * an Isend costs no allocation and a warm cache line.
 */
#include <errno.h>
#include <stdio.h>
#include "../../../common/stress.h"
#include "../../../common/sync.h"
#include "../object/kind.h"
#include "native_test.h"
#include "request.h"
#include "../object/told.h"

#define REQUEST_FREED 0x6d6f0000u
#define REQUEST_SLAB  64
#define REQUEST_SPACE                                                          \
	((sizeof(struct desc_request) + KEEP_ALIGN - 1) & ~(KEEP_ALIGN - 1))

static uint32_t list_lock;

void request_lock(void)
{
	if (!p2p_multiple())
		return;
	sync_word_lock(&list_lock);
	STRESS_POINT();
}

void request_unlock(void)
{
	if (p2p_multiple())
		sync_word_unlock(&list_lock);
}

int request_root(void)
{
	if (!P2P)
		KEEP_MPI->part[PART_P2P] = keep_alloc(sizeof(struct p2p_root));
	return P2P ? 0 : -ENOMEM;
}

/* Slabs are never given back: their blocks are handles' addresses. */
static int request_refill(void)
{
	char *slab = keep_alloc(REQUEST_SLAB * REQUEST_SPACE);
	struct desc_request *r;
	int i;

	if (!slab)
		return -1;
	for (i = REQUEST_SLAB - 1; i >= 0; i--) {
		r = (struct desc_request *)(slab + i * REQUEST_SPACE);
		r->number = desc_number(r);
		r->d.next = (struct desc *)P2P->free;
		P2P->free = r;
	}
	return 0;
}

void request_last(struct desc_request *r)
{
	request_lock();
	desc_unlist(&r->d, DESC_REQUEST);
	desc_list(&r->d, DESC_REQUEST);
	request_unlock();
}

struct desc_request *request_new(enum request_kind kind)
{
	struct desc_request *r = NULL;

	request_lock();
	if (unlikely(!P2P) && request_root())
		goto out;
	if (!P2P->free && request_refill())
		goto out;
	r = P2P->free;
	P2P->free = (struct desc_request *)r->d.next;
	r->d.seam = r;
	r->d.magic = DESC_MAGIC | DESC_REQUEST;
	r->d.refs = 1;
	r->d.freed = 0;
	r->d.refuse = 0;
	r->kind = kind;
	r->persistent = 0;
	r->active = 0;
	r->done = 0;
	r->world = -1;
	r->error = 0;
	r->comm = NULL;
	r->type = NULL;
	r->pair = NULL;
	r->temp = NULL;
	request_set_native(r, MPI_REQUEST_NULL);
	desc_list(&r->d, DESC_REQUEST);
out:
	request_unlock();
	return r;
}

void request_args(struct desc_request *r, void *buf, int64_t count,
		  struct desc_type *type, int peer, int tag,
		  struct desc_comm *c)
{
	r->buf = buf;
	r->count = count;
	r->peer = peer;
	r->tag = tag;
	r->type = type;
	r->comm = c;
	request_hold(&c->d);
	if (type)
		request_hold(&type->d);
}

void request_free(struct desc_request *r)
{
	if (r->comm)
		request_drop(&r->comm->d);
	if (r->type)
		request_drop(&r->type->d);
	if (unlikely(r->temp)) {
		if (r->kind == REQUEST_IDUP)
			desc_unref(r->temp);
		else
			keep_free(r->temp);
	}
	request_lock();
	desc_unlist(&r->d, DESC_REQUEST);
	r->d.magic = REQUEST_FREED | DESC_REQUEST;
	r->d.next = (struct desc *)P2P->free;
	P2P->free = r;
	request_unlock();
}

static void request_counts(struct desc_request *r, const MPI_Status *st)
{
	int cancelled = native_cancelled(st);

	if (r->kind == REQUEST_RECV && !cancelled)
		count_received(r->comm,
			       r->peer == SEAM_ANY_SOURCE ? st->MPI_SOURCE :
							    r->peer,
			       1);
	else if (r->kind == REQUEST_SEND && cancelled)
		count_world(KEEP_MPI->sent, r->world, -1);
}

/* The handler that the test has told does not count: the application has
 * called something else. */
int request_error(int rc)
{
	int code = err_from_native(rc);

	told_forget();
	return code;
}

void request_complete(struct desc_request *r, MPI_Request n,
		      const MPI_Status *st, int rc)
{
	/* Open MPI frees what fails, persistent or not. */
	if (n == MPI_REQUEST_NULL)
		r->persistent = 0;
	request_counts(r, st);
	status_from_native(&r->status, st);
	/* MPICH 4.0 does not fill it in. */
	if (r->kind == REQUEST_RECV && unlikely(r->peer == SEAM_PROC_NULL))
		status_set(&r->status, SEAM_PROC_NULL, SEAM_ANY_TAG, 0);
	r->error = unlikely(rc) ? request_error(rc) : 0;
	if (unlikely(r->kind == REQUEST_IDUP))
		comm_arrived(r->temp);
	r->done = 1;
	if (!r->persistent)
		request_set_native(r, MPI_REQUEST_NULL);
}

void request_deliver(struct desc_request *r, struct drained *m)
{
	int rc = drained_deliver(m, r->buf, r->count,
				 NATIVE(MPI_Datatype, r->type), &r->status);

	r->error = rc ? err_from_native(rc) : 0;
	r->done = 1;
	r->active = r->persistent;
}

int request_test(struct desc_request *r)
{
	MPI_Request n;
	MPI_Status st;
	int flag = 0, rc;

	if (unlikely(r->pair != NULL) && !request_test(r->pair) && r->done)
		return 0;
	if (r->done || (r->persistent && !r->active))
		return 1;
	if (r->kind == REQUEST_GENERAL)
		return general_poll(r);
	n = request_native(r);
	rc = unlikely(r->persistent || r->kind == REQUEST_FOREIGN) ?
		     MPI_Test(&n, &flag, &st) :
		     native_test(&n, &flag, &st);
	if (!rc && !flag)
		return 0;
	/* Open MPI leaves a failed request to its owner. */
	if (rc && !r->persistent && n != MPI_REQUEST_NULL)
		MPI_Request_free(&n);
	request_complete(r, n, &st, rc);
	return request_over(r);
}

int request_collect(struct desc_request *r, seam_request *h,
		    struct seam_status *status)
{
	int rc;

	if (unlikely(r->persistent && !r->active)) {
		if (status)
			status_empty(status);
		return 0;
	}
	if (unlikely(r->kind == REQUEST_GENERAL))
		general_end(r);
	status_copy(status, &r->status);
	rc = r->error;
	if (r->persistent) {
		r->active = 0;
		r->done = 0;
		return rc;
	}
	if (unlikely(r->pair != NULL)) {
		rc = rc ? rc : r->pair->error;
		request_free(r->pair);
	}
	*h = SEAM_REQUEST_NULL;
	request_free(r);
	return rc;
}

/* A receive on a communicator the application has freed: there is no handle
 * left to receive its message with. */
int request_refuse(const struct desc *d, char *why, size_t len)
{
	const struct desc_request *r = (const struct desc_request *)d;

	if (r->kind != REQUEST_RECV || r->done || !r->comm->d.freed ||
	    (r->persistent && !r->active))
		return 0;
	snprintf(why, len, "a receive waits on a communicator that was freed");
	return 1;
}

static int request_wrap(MPI_Request native, enum request_kind kind,
			int persistent, const char *what, seam_request *h)
{
	struct desc_request *r;

	*h = SEAM_REQUEST_NULL;
	if (native == MPI_REQUEST_NULL)
		return 0;
	r = request_new(kind);
	if (!r)
		return SEAM_ERR_NO_MEM;
	request_set_native(r, native);
	if (kind == REQUEST_FOREIGN) {
		r->persistent = persistent;
		r->d.refuse = 1;
		desc_set_what(&r->d, what);
	}
	*h = (seam_request)r;
	return 0;
}

int request_new_coll(MPI_Request native, const char *what, seam_request *h)
{
	return request_wrap(native, REQUEST_COLL, 0, what, h);
}

int request_new_native(MPI_Request native, const char *what, seam_request *h)
{
	return request_wrap(native, REQUEST_FOREIGN, 0, what, h);
}

int request_new_persistent(MPI_Request native, const char *what,
			   seam_request *h)
{
	return request_wrap(native, REQUEST_FOREIGN, 1, what, h);
}

void request_hold_type(seam_request h, seam_datatype dt)
{
	struct desc_request *r = request_of(h);
	struct desc_type *type = desc_of(dt, DESC_TYPE);

	if (!r || !type || r->type)
		return;
	r->type = type;
	request_hold(&type->d);
}

MPI_Request real_request(seam_request h)
{
	struct desc_request *r = request_of(h);

	return r ? request_native(r) :
		   BAD_HANDLE(MPI_Request, MPI_REQUEST_NULL, h);
}
