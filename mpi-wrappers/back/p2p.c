/* SPDX-License-Identifier: MIT */
/* p2p.c - sends and receives
 *
 * A blocking send is native and blocks: the peer's drain takes the message. A
 * blocking receive is an Irecv and a loop of tests, which a checkpoint may
 * interrupt: the receive then becomes a request that the thread comes back to
 * (thread->wait_req). With MPI_THREAD_MULTIPLE sends go that way too: the
 * receiver may be another, stopped, thread of this same process.
 */
#include "build/gen/back.h"
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

int p2p_irecv(void *buf, int64_t count, seam_datatype dt, int source, int tag,
	      struct desc_comm *c, struct desc_request **out)
{
	struct desc_type *type = desc_of(dt, DESC_TYPE);
	struct desc_request *r;
	struct drained *m;
	MPI_Request n;
	struct fit f;
	int rc;

	if (unlikely(!type))
		return SEAM_ERR_TYPE;
	r = request_new(REQUEST_RECV);
	if (unlikely(!r))
		return SEAM_ERR_NO_MEM;
	request_args(r, buf, count, type, source, tag, c);
	*out = r;
	if (unlikely(c->drained)) {
		m = drained_find(c, source, tag, 1);
		if (m) {
			request_deliver(r, m);
			return 0;
		}
	}
	rc = p2p_fit(&f, count, NATIVE(MPI_Datatype, type));
	if (!rc)
		rc = MPI_Irecv(buf, f.count, f.type, real_rank(source),
			       real_tag(tag), NATIVE(MPI_Comm, c), &n);
	p2p_unfit(&f);
	if (unlikely(rc)) {
		request_free(r);
		return err_from_native(rc);
	}
	request_set_native(r, n);
	return 0;
}

int p2p_await(struct desc_request *r, struct seam_status *st, const char *fn)
{
	struct thread *t = half_self();
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
		rc = back_raise(o, rc, fn);
	if (o)
		request_drop(o);
	return rc;
}

static int send_multiple(int mode, const void *buf, int64_t count,
			 seam_datatype dt, int dest, int tag,
			 struct desc_comm *c, const char *fn)
{
	struct desc_request *r = half_self()->wait_req;
	int rc;

	if (!r) {
		rc = p2p_isend(mode, buf, count, dt, dest, tag, c, &r);
		if (rc)
			return back_raise(&c->d, rc, fn);
	}
	return p2p_await(r, NULL, fn);
}

static inline int send_blocking(int mode, const void *buf, int64_t count,
				seam_datatype dt, int dest, int tag,
				seam_comm comm, const char *fn)
{
	struct desc_comm *c = desc_of(comm, DESC_COMM);
	struct fit f;
	int rc;

	if (unlikely(!c))
		return back_raise(NULL, SEAM_ERR_COMM, fn);
	if (p2p_multiple() && mode != SEND_BUFFERED)
		return send_multiple(mode, buf, count, dt, dest, tag, c, fn);
	rc = p2p_fit(&f, count, real_type(dt));
	if (!rc)
		rc = send_now(mode, buf, &f, real_rank(dest), real_tag(tag),
			      NATIVE(MPI_Comm, c));
	p2p_unfit(&f);
	if (unlikely(rc))
		return back_raise(&c->d, err_from_native(rc), fn);
	count_sent(c, dest);
	return 0;
}

static inline int send_started(int mode, const void *buf, int64_t count,
			       seam_datatype dt, int dest, int tag,
			       seam_comm comm, seam_request *h, const char *fn)
{
	struct desc_comm *c = desc_of(comm, DESC_COMM);
	struct desc_request *r;
	int rc;

	if (unlikely(!c))
		return back_raise(NULL, SEAM_ERR_COMM, fn);
	rc = p2p_isend(mode, buf, count, dt, dest, tag, c, &r);
	if (unlikely(rc))
		return back_raise(&c->d, rc, fn);
	*h = (seam_request)r;
	return 0;
}

/* Send, Send_c, Isend and Isend_c of one mode. */
#define SENDS(Name, Iname, mode)                                               \
	int back_##Name(const void *buf, int count, seam_datatype datatype,    \
			int dest, int tag, seam_comm comm)                     \
	{                                                                      \
		return send_blocking(mode, buf, count, datatype, dest, tag,    \
				     comm, "MPI_" #Name);                      \
	}                                                                      \
	int back_##Name##_c(const void *buf, seam_count count,                 \
			    seam_datatype datatype, int dest, int tag,         \
			    seam_comm comm)                                    \
	{                                                                      \
		return send_blocking(mode, buf, count, datatype, dest, tag,    \
				     comm, "MPI_" #Name "_c");                 \
	}                                                                      \
	int back_##Iname(const void *buf, int count, seam_datatype datatype,   \
			 int dest, int tag, seam_comm comm,                    \
			 seam_request *request)                                \
	{                                                                      \
		return send_started(mode, buf, count, datatype, dest, tag,     \
				    comm, request, "MPI_" #Iname);             \
	}                                                                      \
	int back_##Iname##_c(const void *buf, seam_count count,                \
			     seam_datatype datatype, int dest, int tag,        \
			     seam_comm comm, seam_request *request)            \
	{                                                                      \
		return send_started(mode, buf, count, datatype, dest, tag,     \
				    comm, request, "MPI_" #Iname "_c");        \
	}

SENDS(Send, Isend, SEND_STANDARD)
SENDS(Ssend, Issend, SEND_SYNC)
SENDS(Bsend, Ibsend, SEND_BUFFERED)
SENDS(Rsend, Irsend, SEND_READY)

/* Everything but the common case: drained messages, coming again, errors. */
static int recv_slow(void *buf, int64_t count, seam_datatype dt, int source,
		     int tag, struct desc_comm *c, struct seam_status *st,
		     const char *fn)
{
	struct desc_request *r = half_self()->wait_req;
	int rc;

	if (!r) {
		rc = p2p_irecv(buf, count, dt, source, tag, c, &r);
		if (rc)
			return back_raise(&c->d, rc, fn);
	}
	return p2p_await(r, st, fn);
}

/* A checkpoint is pending: n becomes a request to come back to. If there is no
 * memory for one it is waited for here: the checkpoint waits. */
static int recv_park(struct thread *t, MPI_Request n, void *buf, int64_t count,
		     struct desc_type *type, int source, int tag,
		     struct desc_comm *c)
{
	struct desc_request *r = request_new(REQUEST_RECV);

	if (!r)
		return 0;
	request_args(r, buf, count, type, source, tag, c);
	request_set_native(r, n);
	t->wait_req = r;
	return GATE_AGAIN;
}

static inline int recv_blocking(void *buf, int64_t count, seam_datatype dt,
				int source, int tag, seam_comm comm,
				struct seam_status *st, const char *fn)
{
	struct desc_comm *c = desc_of(comm, DESC_COMM);
	struct desc_type *type = desc_of(dt, DESC_TYPE);
	struct thread *t = half_self();
	MPI_Status nst;
	MPI_Request n;
	unsigned spins = 0;
	int rc, flag = 0;

	if (unlikely(!c))
		return back_raise(NULL, SEAM_ERR_COMM, fn);
	if (unlikely(t->wait_req || c->drained || !type || count < 0 ||
		     count > INT_MAX))
		return recv_slow(buf, count, dt, source, tag, c, st, fn);
	rc = MPI_Irecv(buf, (int)count, NATIVE(MPI_Datatype, type),
		       real_rank(source), real_tag(tag), NATIVE(MPI_Comm, c),
		       &n);
	if (unlikely(rc))
		return back_raise(&c->d, err_from_native(rc), fn);
	while (!(rc = MPI_Test(&n, &flag, &nst)) && !flag) {
		if (wait_turn(&spins) &&
		    recv_park(t, n, buf, count, type, source, tag, c))
			return GATE_AGAIN;
	}
	count_received(c, source, &nst);
	if (st)
		status_from_native(st, &nst);
	if (st && unlikely(source == SEAM_PROC_NULL))
		status_set(st, SEAM_PROC_NULL, SEAM_ANY_TAG, 0);
	if (unlikely(rc)) {
		if (n != MPI_REQUEST_NULL)
			MPI_Request_free(&n);
		return back_raise(&c->d, err_from_native(rc), fn);
	}
	return 0;
}

int back_Recv(void *buf, int count, seam_datatype datatype, int source,
	      int tag, seam_comm comm, struct seam_status *status)
{
	return recv_blocking(buf, count, datatype, source, tag, comm, status,
			     "MPI_Recv");
}

int back_Recv_c(void *buf, seam_count count, seam_datatype datatype,
		int source, int tag, seam_comm comm,
		struct seam_status *status)
{
	return recv_blocking(buf, count, datatype, source, tag, comm, status,
			     "MPI_Recv_c");
}

static int recv_started(void *buf, int64_t count, seam_datatype dt, int source,
			int tag, seam_comm comm, seam_request *h,
			const char *fn)
{
	struct desc_comm *c = desc_of(comm, DESC_COMM);
	struct desc_request *r;
	int rc;

	if (unlikely(!c))
		return back_raise(NULL, SEAM_ERR_COMM, fn);
	rc = p2p_irecv(buf, count, dt, source, tag, c, &r);
	if (unlikely(rc))
		return back_raise(&c->d, rc, fn);
	*h = (seam_request)r;
	return 0;
}

int back_Irecv(void *buf, int count, seam_datatype datatype, int source,
	       int tag, seam_comm comm, seam_request *request)
{
	return recv_started(buf, count, datatype, source, tag, comm, request,
			    "MPI_Irecv");
}

int back_Irecv_c(void *buf, seam_count count, seam_datatype datatype,
		 int source, int tag, seam_comm comm, seam_request *request)
{
	return recv_started(buf, count, datatype, source, tag, comm, request,
			    "MPI_Irecv_c");
}
