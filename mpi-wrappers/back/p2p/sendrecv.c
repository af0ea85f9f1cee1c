/* SPDX-License-Identifier: MIT */
/* sendrecv.c - Sendrecv, Isendrecv and their _replace forms
 *
 * A receive and a send whose requests are joined by pair; the pair is what the
 * thread waits for, over a checkpoint too.
 */
#include "p2p.h"
#include "wait.h"

struct side_args {
	void *buf;
	int64_t count;
	seam_datatype type;
	int peer, tag;
};

/* Posts the receive, then the send. A seam code, not raised. */
static int pair_start(const struct side_args *send,
		      const struct side_args *recv, struct desc_comm *c,
		      struct desc_request **out)
{
	struct desc_request *r, *s;
	MPI_Request n;
	int rc;

	rc = p2p_irecv(recv->buf, recv->count, recv->type, recv->peer,
		       recv->tag, c, &r);
	if (rc)
		return rc;
	rc = p2p_isend(SEND_STANDARD, send->buf, send->count, send->type,
		       send->peer, send->tag, c, &s);
	if (!rc) {
		r->pair = s;
		*out = r;
		return 0;
	}
	n = request_native(r);
	if (n != MPI_REQUEST_NULL && !MPI_Cancel(&n))
		MPI_Request_free(&n);
	request_free(r);
	return rc;
}

/* The common case: an Irecv, a native send, no requests. A native code; -1: go
 * the long way. *n: the receive, posted. */
static int pair_simple(const struct side_args *send, const struct recv_args *a,
		       MPI_Request *n)
{
	struct fit f = { (int)send->count, real_type(send->type), 0 };
	int rc;

	if (unlikely(p2p_multiple() || !recv_simple(a) ||
		     !count_fits(send->count)))
		return -1;
	rc = recv_post(a, n);
	if (rc)
		return rc;
	rc = send_now(SEND_STANDARD, send->buf, &f, real_rank(send->peer),
		      real_tag(send->tag), NATIVE(MPI_Comm, a->comm));
	if (!unlikely(rc)) {
		count_sent(a->comm, send->peer);
		return 0;
	}
	if (!MPI_Cancel(n))
		MPI_Request_free(n);
	return rc;
}

static int pair_blocking(const struct side_args *send,
			 const struct side_args *recv, seam_comm comm,
			 struct seam_status *st, const char *fn)
{
	struct desc_comm *c = desc_of(comm, DESC_COMM);
	struct recv_args a = {
		recv->buf,  recv->count, desc_of(recv->type, DESC_TYPE),
		recv->peer, recv->tag,	 c
	};
	struct desc_request *r = lower_self()->wait_req;
	MPI_Request n;
	int rc;

	if (unlikely(!c))
		return ASK(SEAM_ERR_COMM);
	if (!r) {
		rc = pair_simple(send, &a, &n);
		if (!rc)
			return recv_await(&a, n, st, fn);
		if (rc != -1)
			return back_raise(&c->d, err_from_native(rc), fn);
		rc = pair_start(send, recv, c, &r);
		if (rc)
			return back_raise(&c->d, rc, fn);
	}
	return p2p_await(r, st, fn);
}

/* Packs what is sent into keep memory: it may outlive this lower half. */
static int replace_pack(const struct side_args *a, struct desc_comm *c,
			struct side_args *packed)
{
	struct fit f;
	int size = 0, pos = 0, rc;

	*packed = *a;
	packed->type = SEAM_PACKED;
	packed->buf = NULL;
	packed->count = 0;
	if (!desc_of(a->type, DESC_TYPE) || !a->buf) {
		rc = p2p_untyped(a->buf, a->count, a->type, a->tag, c);
		if (rc)
			return rc;
	}
	if (a->peer == SEAM_PROC_NULL || !desc_of(a->type, DESC_TYPE))
		return 0;
	rc = p2p_fit(&f, a->count, real_type(a->type));
	if (rc)
		return err_from_native(rc);
	rc = MPI_Pack_size(f.count, f.type, NATIVE(MPI_Comm, c), &size);
	if (!rc) {
		packed->buf = keep_alloc(size > 0 ? (size_t)size : 1);
		if (!packed->buf) {
			p2p_unfit(&f);
			return SEAM_ERR_NO_MEM;
		}
		rc = MPI_Pack(a->buf, f.count, f.type, packed->buf, size, &pos,
			      NATIVE(MPI_Comm, c));
		packed->count = pos;
	}
	p2p_unfit(&f);
	if (!rc)
		return 0;
	keep_free(packed->buf);
	return err_from_native(rc);
}

/* buf is sent from a copy, so that it can be received into at once. */
static int replace_start(const struct side_args *send,
			 const struct side_args *recv, struct desc_comm *c,
			 struct desc_request **out)
{
	struct side_args packed;
	int rc = replace_pack(send, c, &packed);

	if (rc)
		return rc;
	rc = pair_start(&packed, recv, c, out);
	if (rc)
		keep_free(packed.buf);
	else
		(*out)->pair->temp = packed.buf;
	return rc;
}

static int replace_blocking(const struct side_args *send,
			    const struct side_args *recv, seam_comm comm,
			    struct seam_status *st, const char *fn)
{
	struct desc_comm *c = desc_of(comm, DESC_COMM);
	struct desc_request *r = lower_self()->wait_req;
	int rc;

	if (unlikely(!c))
		return ASK(SEAM_ERR_COMM);
	if (!r) {
		rc = replace_start(send, recv, c, &r);
		if (rc)
			return back_raise(&c->d, rc, fn);
	}
	return p2p_await(r, st, fn);
}

static int pair_started(const struct side_args *send,
			const struct side_args *recv, seam_comm comm,
			seam_request *h, int replace, const char *fn)
{
	struct desc_comm *c = desc_of(comm, DESC_COMM);
	struct desc_request *r;
	int rc;

	if (unlikely(!c || !h))
		return ASK(c ? SEAM_ERR_ARG : SEAM_ERR_COMM);
	rc = replace ? replace_start(send, recv, c, &r) :
		       pair_start(send, recv, c, &r);
	if (rc)
		return back_raise(&c->d, rc, fn);
	*h = (seam_request)r;
	return 0;
}

/* The functions that rows call. Their arguments become those of two sides where
 * they come in, so that nobody hands so many on. */
#define TWO_BUFFERS                                                            \
	const void *sendbuf, int64_t sendcount, seam_datatype sendtype,        \
		int dest, int sendtag, void *recvbuf, int64_t recvcount,       \
		seam_datatype recvtype, int source, int recvtag,               \
		seam_comm comm
#define ONE_BUFFER                                                             \
	void *buf, int64_t count, seam_datatype type, int dest, int sendtag,   \
		int source, int recvtag, seam_comm comm
#define SIDES(sbuf, scount, stype, rbuf, rcount, rtype)                        \
	const struct side_args s = { (void *)(uintptr_t)(sbuf), scount, stype, \
				     dest, sendtag };                          \
	const struct side_args r = { rbuf, rcount, rtype, source, recvtag }
#define INLINE static inline __attribute__((always_inline))

INLINE int sendrecv_blocking(TWO_BUFFERS, struct seam_status *st,
			     const char *fn)
{
	SIDES(sendbuf, sendcount, sendtype, recvbuf, recvcount, recvtype);

	return pair_blocking(&s, &r, comm, st, fn);
}

INLINE int sendrecv_started(TWO_BUFFERS, seam_request *h, const char *fn)
{
	SIDES(sendbuf, sendcount, sendtype, recvbuf, recvcount, recvtype);

	return pair_started(&s, &r, comm, h, 0, fn);
}

INLINE int sendrecv_replace(ONE_BUFFER, struct seam_status *st, const char *fn)
{
	SIDES(buf, count, type, buf, count, type);

	return replace_blocking(&s, &r, comm, st, fn);
}

INLINE int sendrecv_ireplace(ONE_BUFFER, seam_request *h, const char *fn)
{
	SIDES(buf, count, type, buf, count, type);

	return pair_started(&s, &r, comm, h, 1, fn);
}

#define HOT_sendrecv
#include "build/gen/hot.h"
