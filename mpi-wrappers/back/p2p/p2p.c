/* SPDX-License-Identifier: MIT */
/* p2p.c - sends, and what sends and receives share
 *
 * A blocking send is native and blocks: the peer's drain takes the message.
 * With MPI_THREAD_MULTIPLE it is a request the thread waits for, as blocking
 * receives are (recv.c): the receiver may be another, stopped, thread of this
 * same process.
 */
#include "p2p.h"
#include "wait.h"

int p2p_fit_large(struct fit *f, int64_t count, MPI_Datatype type)
{
	const int unit = 1 << 24;
	MPI_Datatype block, part[2];
	MPI_Aint lb, extent, disp[2] = { 0, 0 };
	int len[2] = { 1, 0 }, rc;

	f->count = count < 0 ? -1 : 1;
	if (count < 0)
		return MPI_SUCCESS; /* the native library refuses it */
	len[0] = (int)(count / unit);
	len[1] = (int)(count % unit);
	rc = MPI_Type_get_extent(type, &lb, &extent);
	if (rc)
		return rc;
	rc = MPI_Type_contiguous(unit, type, &block);
	if (rc)
		return rc;
	part[0] = block;
	part[1] = type;
	disp[1] = (MPI_Aint)len[0] * unit * extent;
	rc = MPI_Type_create_struct(2, len, disp, part, &f->type);
	if (!rc)
		rc = MPI_Type_commit(&f->type);
	MPI_Type_free(&block);
	f->made = !rc;
	return rc;
}

int p2p_isend(int mode, const void *buf, int64_t count, seam_datatype dt,
	      int dest, int tag, struct desc_comm *c, struct desc_request **out)
{
	struct desc_request *r = request_new(REQUEST_SEND);
	MPI_Request n;
	struct fit f;
	int rc;

	if (unlikely(!r))
		return SEAM_ERR_NO_MEM;
	rc = p2p_fit(&f, count, real_type(dt));
	if (!rc)
		rc = send_start(mode, buf, &f, real_rank(dest), real_tag(tag),
				NATIVE(MPI_Comm, c), &n);
	p2p_unfit(&f);
	if (unlikely(rc)) {
		request_free(r);
		return err_from_native(rc);
	}
	request_set_native(r, n);
	r->world = peer_world(c, dest);
	count_world(KEEP_MPI->sent, r->world, 1);
	*out = r;
	return 0;
}

int p2p_await(struct desc_request *r, struct seam_status *st, const char *fn)
{
	struct thread *t = lower_self();
	struct desc *o = request_object(r);
	seam_request h;
	int rc;

	rc = wait_request(r);
	if (rc) {
		t->wait_req = r;
		return rc;
	}
	t->wait_req = NULL;
	if (o)
		request_hold(o);
	rc = request_collect(r, &h, st);
	if (unlikely(rc))
		rc = back_tell(o, rc, fn);
	if (o)
		request_drop(o);
	return rc;
}

static int send_multiple(int mode, const void *buf, int64_t count,
			 seam_datatype dt, int dest, int tag,
			 struct desc_comm *c, const char *fn)
{
	struct desc_request *r = lower_self()->wait_req;
	int rc;

	if (!r) {
		rc = p2p_isend(mode, buf, count, dt, dest, tag, c, &r);
		if (rc)
			return back_raise(&c->d, rc, fn);
	}
	return p2p_await(r, NULL, fn);
}

/* Threads, large counts, errors. */
static __attribute__((noinline, cold)) int
send_slow(int mode, const void *buf, int64_t count, seam_datatype dt, int dest,
	  int tag, struct desc_comm *c, const char *fn)
{
	struct fit f;
	int rc;

	if (!c)
		return ASK(SEAM_ERR_COMM);
	if (p2p_multiple() && mode != SEND_BUFFERED)
		return send_multiple(mode, buf, count, dt, dest, tag, c, fn);
	rc = p2p_fit(&f, count, real_type(dt));
	if (!rc)
		rc = send_now(mode, buf, &f, real_rank(dest), real_tag(tag),
			      NATIVE(MPI_Comm, c));
	p2p_unfit(&f);
	if (rc)
		return back_raise(&c->d, err_from_native(rc), fn);
	count_sent(c, dest);
	return 0;
}

static inline __attribute__((always_inline)) int
p2p_send(int mode, const void *buf, int64_t count, seam_datatype dt, int dest,
	 int tag, seam_comm comm, const char *fn)
{
	struct desc_comm *c = desc_of(comm, DESC_COMM);
	struct fit f = { (int)count, real_type(dt), 0 };
	int rc;

	if (unlikely(!c || p2p_multiple() || !count_fits(count)))
		return send_slow(mode, buf, count, dt, dest, tag, c, fn);
	rc = send_now(mode, buf, &f, real_rank(dest), real_tag(tag),
		      NATIVE(MPI_Comm, c));
	if (unlikely(rc))
		return back_raise(&c->d, err_from_native(rc), fn);
	count_sent(c, dest);
	return 0;
}

static inline __attribute__((always_inline)) int
p2p_started(int mode, const void *buf, int64_t count, seam_datatype dt,
	    int dest, int tag, seam_comm comm, seam_request *h, const char *fn)
{
	struct desc_comm *c = desc_of(comm, DESC_COMM);
	struct desc_request *r;
	int rc;

	if (unlikely(!c || !h))
		return ASK(c ? SEAM_ERR_ARG : SEAM_ERR_COMM);
	rc = p2p_isend(mode, buf, count, dt, dest, tag, c, &r);
	if (unlikely(rc))
		return back_raise(&c->d, rc, fn);
	*h = (seam_request)r;
	return 0;
}

#define HOT_p2p
#include "build/gen/hot.h"
